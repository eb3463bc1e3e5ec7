import { describe, expect, inject, it } from "vitest";
import { curl } from "../curl.ts";

const TOKEN = "5c4fc5805eb643716bbc17dad456a0c6cf2e23fa";

const url = inject("demoUrl");

/** What curl sends for `-u` and the documentation's two headers. */
const headers = [
  `Authorization: Basic ${btoa(`${TOKEN}:X`)}`,
  "Accept: application/xml",
  "Content-Type: application/xml",
];

describe("the documentation's own commands, against the demo data", () => {
  it("read the customer and spend the points, as the documentation prints it", async () => {
    const path = `${url}/api/customers/1534.xml`;
    const read = await curl(path, { method: "GET", headers });
    expect(read.status).toBe(200);
    expect(read.text).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?>\s*<customer>/);
    for (const element of [
      "<available_points>30511.0</available_points>",
      '<birthday nil="true"></birthday>',
      "<code>0098420130000033</code>",
      "<country>PH</country>",
      "<customer_type_id>8</customer_type_id>",
      "<name>Juan Cruz</name>",
      '<status nil="true"></status>',
      "<customer_type_name>Gold</customer_type_name>",
      "<discount_text>0.0%</discount_text>",
      "<point_to_amount_ratio>200.0</point_to_amount_ratio>",
      "<utc_created_at>2013-05-25T02:24:31Z</utc_created_at>",
      "<utc_updated_at>2013-07-13T00:52:24Z</utc_updated_at>",
    ]) {
      expect(read.text).toContain(element);
    }
    const spending = `${url}/api/rewards.xml?q=spend&customer_id=1534&amount=10&reference=X-1`;
    const spent = await curl(spending, { method: "POST", headers });
    expect(spent.status).toBe(200);
    expect(spent.text).toContain('<points-spent type="decimal">2000.0</points-spent>');
    expect(spent.text).toContain('<amount-spent type="decimal">10.0</amount-spent>');
    expect(spent.text).toContain('<points-available type="decimal">28511.0</points-available>');
    const after = await curl(path, { method: "GET", headers });
    expect(after.text).toContain("<available_points>28511.0</available_points>");
  });

  it("find the service and the token", async () => {
    const found = await curl(`${url}/system/api_url?account_id=test_account`, { method: "GET" });
    expect(found.text).toMatch(/^https?:\/\/\S+[^/\n]$/);
    const query = "email=owner@test-account.example&password=secret";
    const told = await curl(`${url}/api/tokens.json?${query}`, { method: "GET" });
    expect(JSON.parse(told.text)).toEqual({ api_token: TOKEN, user_id: 20 });
  });
});
