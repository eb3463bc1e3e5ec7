import { fromBase64, hex } from "../../core/digest.ts";
import { makeId, ulidOf, ulidToUuid, uuidToUlid } from "../../core/ids.ts";
import type { Context } from "../context.ts";

/** An id's 16 bytes: a nonce, the phone's digits under a mask, and what proves that we made it. */
const NONCE = 4;
const MASKED = 7;
const PROOF = 5;

/**
 * A `cus_` id that carries the phone of a customer whom a test call answered and did not keep: such
 * an id is good for further test calls of the merchant, and tells nobody else the number.
 */
export async function sealPhone(ctx: Context, phone: string): Promise<string> {
  const { current } = ctx.settings.masterKeys;
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
  const digits = toBytes(BigInt(phone.slice(1)), MASKED);
  const masked = mask(digits, await derive(ctx, current, nonce, MASKED));
  const body = Uint8Array.of(...nonce, ...masked);
  const proof = await derive(ctx, current, body, PROOF);
  return idOf(Uint8Array.of(...body, ...proof));
}

/** The phone in an id that {@link sealPhone} made for the merchant; null for any other id. */
export async function openPhone(ctx: Context, id: string): Promise<string | null> {
  const ulid = ulidOf("cus", id);
  if (ulid === null) return null;
  const bytes = toBytes(
    BigInt(`0x${ulidToUuid(ulid).replaceAll("-", "")}`),
    NONCE + MASKED + PROOF,
  );
  const body = bytes.slice(0, NONCE + MASKED);
  const proof = hex(bytes.slice(NONCE + MASKED).buffer);
  for (const version of Object.keys(ctx.settings.masterKeys.keys)) {
    if (hex((await derive(ctx, version, body, PROOF)).buffer) !== proof) continue;
    const own = await derive(ctx, version, body.slice(0, NONCE), MASKED);
    return `+${BigInt(`0x${hex(mask(body.slice(NONCE), own).buffer)}`)}`;
  }
  return null;
}

/** Bytes that only this deployment can compute, for one merchant and one purpose (RFC 5869). */
async function derive(
  { settings, principal }: Context,
  version: string,
  about: Uint8Array<ArrayBuffer>,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const master = fromBase64(settings.masterKeys.keys[version] ?? "");
  const key = await crypto.subtle.importKey("raw", master, "HKDF", false, ["deriveBits"]);
  const purpose = `sandbox customer ${principal.merchant.id} ${length} ${hex(about.buffer)}`;
  const info = new TextEncoder().encode(purpose);
  const algorithm = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info };
  return new Uint8Array(await crypto.subtle.deriveBits(algorithm, key, 8 * length));
}

function mask(bytes: Uint8Array, by: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes, (byte, i) => byte ^ (by[i] ?? 0));
}

function toBytes(value: bigint, length: number): Uint8Array<ArrayBuffer> {
  const digits = value.toString(16).padStart(2 * length, "0");
  return Uint8Array.from({ length }, (_, i) => Number.parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

function idOf(bytes: Uint8Array<ArrayBuffer>): string {
  const groups = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/;
  const ulid = uuidToUlid(hex(bytes.buffer).replace(groups, "$1-$2-$3-$4-$5"));
  if (ulid === null) throw new Error("an id has 16 bytes");
  return makeId("cus", ulid);
}
