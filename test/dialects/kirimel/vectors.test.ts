import { beforeAll, describe, expect, it } from "vitest";
import { stopClock } from "../../support/http-clock.ts";
import {
  balanceOf,
  expectInvalid,
  expectRefusal,
  kirimel,
  kirimelKey,
  myRestaurant,
} from "../../support/kirimel/requests.ts";
import type { Variant } from "../../support/kirimel/signing.ts";
import { sign } from "../../support/kirimel/signing.ts";
import type { KirimelCall } from "../../support/kirimel/till.ts";
import { establish } from "../../support/native/merchant.ts";

const SECRET = "ks_test_5f2c9a7d41e84b0e";
const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";

/** A row of the contract's table of test vectors. */
interface Vector {
  readonly name: string;
  readonly variant: Variant;
  readonly timestamp: string;
  readonly body: string;
  readonly type: string;
  readonly signature: string;
  /** The contract's case that the vector stands in. */
  readonly note: string;
}

const WHOLE = "2026-05-10T14:30:00Z";
const COMPACT =
  '{"customer_id":"CUST_123456","points":50,"amount":25.5,' +
  '"reference_id":"ORDER_123","description":"Dining reward"}';

const V1: Vector = {
  name: "V1",
  note: "(case 1)",
  variant: "A",
  timestamp: WHOLE,
  body:
    "customer_id=CUST_123456&points=50&amount=25.50&reference_id=ORDER_123" +
    "&description=Dining+reward",
  type: FORM,
  signature: "c225c69ce86e573783b2f68a66abfe8db962138c3e85807ae1c2cd1b66433c11",
};
const V2: Vector = {
  name: "V2",
  note: "",
  variant: "A",
  timestamp: WHOLE,
  body: COMPACT,
  type: JSON_TYPE,
  signature: "b8b8f5f706ef7bd3e8b882acf98cc2f9fa6c84320fc706121f1719ed2320d25a",
};
const V3: Vector = {
  name: "V3",
  note: "",
  variant: "A",
  timestamp: WHOLE,
  body: "",
  type: "",
  signature: "e01de1a71e3b5109eefd5c0fd1967402aef38b9d47de54de535247317b4869d9",
};
const V4: Vector = {
  ...V3,
  name: "V4",
  timestamp: "2026-05-10T14:30:00.123Z",
  signature: "51f059543e96f2652fc011e56f94cc63aeb4797c5efdd34ba62d8247a14878e6",
};
const V5: Vector = {
  ...V2,
  name: "V5",
  note: "(case 2)",
  variant: "B",
  signature: "d00bab5a7b6ad36b1d91b260606f783249eaeac12671a077816b9599cb967ab4",
};
const V6: Vector = {
  ...V5,
  name: "V6",
  note: "",
  body:
    '{"customer_id": "CUST_123456", "points": 50, "amount": 25.5, ' +
    '"reference_id": "ORDER_123", "description": "Dining reward"}',
  signature: "7d3201909d1c5eb4fb9fe1a818f9d461d7f002057fcdb584e29077a993189914",
};
const V7: Vector = {
  ...V3,
  name: "V7",
  variant: "B",
  signature: "14a73cdede9f9d918a11ac68ed3e8c4b457a6871a91f6f08c74b25cc8304085b",
};
const V8: Vector = {
  ...V6,
  name: "V8",
  body: String.raw`{"customer_id":"CUST_123456","points":50,"reference_id":"ORDER\/123"}`,
  signature: "866995cabad6fca8091a8506c47b644a78ea2ca1f011f8aa4484a945a28f63b6",
};
const V9: Vector = {
  ...V6,
  name: "V9",
  body: "[]",
  signature: "22a50b3e3af3763e39122f4a505cb73a6f6e8cfebfadf0def68edf41452bbb23",
};

const EARNS = [V1, V2, V5, V6, V8];
const READS = [V3, V4, V7];
const ALL = [V1, V2, V3, V4, V5, V6, V7, V8, V9];

stopClock(WHOLE);

/** Each vector has a merchant of its own: they all earn under one reference. */
const keyOf = ({ name }: Vector) => ({ text: `kiri_vector_${name}`, secret: SECRET });

beforeAll(async () => {
  for (const vector of ALL) {
    const { merchant, ...rest } = myRestaurant();
    const slug = `vector-${vector.name.toLowerCase()}`;
    const keys = [kirimelKey(keyOf(vector), { unlimited: true })];
    await establish({ ...rest, merchant: { ...merchant, slug }, keys });
  }
});

function callOf(vector: Vector, signature = vector.signature): KirimelCall {
  const { timestamp, body, type, variant } = vector;
  const { text } = keyOf(vector);
  const headers = {
    "X-API-Key": variant === "A" ? text : null,
    "X-Client-Key": variant === "B" ? text : null,
    "X-Signature": signature,
    ...(type === "" ? {} : { "Content-Type": type }),
  };
  return { timestamp, headers, ...(body === "" ? {} : { raw: body }) };
}

/** The vector with one digit of its signature changed. */
function forged(vector: Vector): KirimelCall {
  const { signature } = vector;
  const last = signature.endsWith("0") ? "1" : "0";
  return callOf(vector, signature.slice(0, -1) + last);
}

const LOOKUP = "/customers/lookup?phone=%2B60123456789";

describe("the vectors of the contract", () => {
  it.each([
    [V1, 95],
    [V2, 112],
    [V6, 121],
    [V8, 69],
  ])("are copied to the byte ($name)", ({ body }, bytes) => {
    expect(new TextEncoder().encode(body)).toHaveLength(bytes);
  });

  it.each(ALL)("are what the tests' own clients compute ($name)", (vector) => {
    const { variant, timestamp, body, signature } = vector;
    expect(sign(variant, SECRET, timestamp, body)).toBe(signature);
  });
});

describe("a signed earn", () => {
  it.each(EARNS)("is accepted as $name has it $note", async (vector) => {
    const answer = await kirimel("/points/earn", callOf(vector));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ points_awarded: 50, new_balance: 150 });
    expect(await balanceOf(123456, keyOf(vector))).toBe(150);
  });

  it.each(EARNS)("is refused with a digit of $name changed", async (vector) => {
    expectRefusal(await kirimel("/points/earn", forged(vector)), 401, "SIGNATURE_INVALID");
  });

  it("is refused with the signature of other bytes of the same meaning (case 3)", async () => {
    const answer = await kirimel("/points/earn", callOf(V6, V5.signature));
    expectRefusal(answer, 401, "SIGNATURE_INVALID");
  });

  it("reads the slash that PHP escapes as a slash", async () => {
    const plain = { customer_id: "CUST_123456", points: 50, reference_id: "ORDER/123" };
    const first = await kirimel("/points/earn", callOf(V8));
    const again = await kirimel("/points/earn", { key: keyOf(V8), fields: plain });
    expect(again.text).toBe(first.text);
  });
});

describe("a signed read", () => {
  it.each(READS)("is accepted as $name has it (case 8)", async (vector) => {
    const answer = await kirimel(LOOKUP, callOf(vector));
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ data: { id: 123456, balance_points: 100 } });
  });

  it.each(READS)("is refused with a digit of $name changed", async (vector) => {
    expectRefusal(await kirimel(LOOKUP, forged(vector)), 401, "SIGNATURE_INVALID");
  });
});

describe("the empty list that PHP sends for no fields (V9)", () => {
  it("is signed like any body and read as no fields", async () => {
    expectInvalid(await kirimel("/points/earn", callOf(V9)), "customer_id");
  });

  it("leaves the query to say what is wanted", async () => {
    const answer = await kirimel(LOOKUP, callOf(V9));
    expect(answer.body).toMatchObject({ success: true, data: { id: 123456 } });
  });

  it("is refused with a digit of its signature changed", async () => {
    expectRefusal(await kirimel("/points/earn", forged(V9)), 401, "SIGNATURE_INVALID");
  });
});
