import type { Json } from "../kirimel/till.ts";
import { nativeCall } from "../native/native.ts";
import type { Cafe, CafeReply } from "./cafe.ts";

/** MD5 of `123456`, as the documentation's sample has it. */
export const SECRET = "e10adc3949ba59abbe56e057f20f883e";

/** The documentation's sample of a registration. */
export const SAMPLE = {
  name: "Customer Test 1",
  email: "custtest1@email.com",
  mobile_phone: "+60123451234",
  birth_date: "06/10/1961",
  gender: "m",
  password: SECRET,
};

let people = 0;

/** A registration of somebody new: nobody has this e-mail or phone. */
export function someone(given: Json = {}): typeof SAMPLE {
  people += 1;
  const digits = String(people).padStart(6, "0");
  return { ...SAMPLE, email: `guest${digits}@email.com`, mobile_phone: `+6019${digits}`, ...given };
}

/** The path of the calls on a customer. */
export function byCode(customer: Json): string {
  return `/customers/reference-code/${customer.reference_code}`;
}

/** Registers somebody who must come into being; answers the body. */
export async function addCustomer(cafe: Cafe, given: Json = {}): Promise<Json> {
  const reply = await cafe.post("/customers/register", someone(given));
  if (reply.status !== 200) throw new Error(`register: ${reply.status} ${reply.text}`);
  return reply.body;
}

/** The customer as it now is. */
export async function readBack(cafe: Cafe, customer: Json): Promise<Json> {
  const { status, body } = await cafe.get(byCode(customer));
  if (status !== 200) throw new Error(`read: ${status}`);
  return body;
}

/** Status and texts of an answer. */
export const said = ({ status, msg }: CafeReply): unknown[] => [status, ...msg];

/** An event as the feed tells it. */
export interface Told {
  readonly type: string;
  readonly data: Json;
}

/** All that the feed of an account tells. */
export async function feedOf({ account }: Cafe): Promise<readonly Told[]> {
  const path = "/events?after_seq=0&limit=100";
  return (await nativeCall("GET", path, { merchant: account })).body.data as Told[];
}
