import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { signatureHeaders } from "../../src/core/standard-webhooks.ts";

const SECRET = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const OTHER = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";
const ID = "evt_01K3Q8Z0V4N6W2R8T0Y5B7D9FA";
const BODY =
  '{"type":"points.earned","timestamp":"2026-09-01T12:00:00.000Z","data":{"points":120}}';

describe("the signature of a message", () => {
  it("is that of the vector in the conventions", async () => {
    expect(await signatureHeaders([SECRET], ID, 1_788_264_000_999, BODY)).toEqual({
      "webhook-id": ID,
      "webhook-timestamp": "1788264000",
      "webhook-signature": "v1,t7xGpkQkh+2NCp/T5EsXT8c1UoGLE3UVKagM8ZPfxSo=",
    });
  });

  it("is verified by an independent library, with either secret of a rotation", async () => {
    const headers = await signatureHeaders([OTHER, SECRET], ID, Date.now(), BODY);
    for (const secret of [SECRET, OTHER]) {
      expect(new Webhook(secret).verify(BODY, headers)).toMatchObject({ type: "points.earned" });
    }
    const third = new Webhook("whsec_c29tZWJvZHkgZWxzZSdzIHNlY3JldA==");
    expect(() => third.verify(BODY, headers)).toThrow();
    expect(() => new Webhook(SECRET).verify(`${BODY} `, headers)).toThrow();
  });

  it("covers bodies in any script", async () => {
    const body = JSON.stringify({ reference: "Bestellung Ä 42 ☕ 注文" });
    const headers = await signatureHeaders([SECRET], ID, Date.now(), body);
    expect(new Webhook(SECRET).verify(body, headers)).toEqual(JSON.parse(body));
  });
});
