/** Names that mean this machine or a private network whatever they resolve to. */
const PRIVATE_NAMES =
  /(^|\.)(localhost|local|internal|home\.arpa|intranet|lan|corp|home|metadata\.goog)$/i;

/** IPv4 networks that are not the public internet (IANA special-purpose registry). */
const PRIVATE_V4: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
];

const MAX_URL = 2_048;

/**
 * Why events must not be sent to a URL; null when they may. Only HTTPS to public hosts, no
 * credentials in the URL; `allowLoopback` (a development setting) also lets plain HTTP to this
 * machine pass. The URL parser has already turned odd spellings of IPv4 (`0x7f.1`, `2130706433`)
 * into dotted form.
 */
export function refusedAddress(text: string, allowLoopback: boolean): string | null {
  if (text.length > MAX_URL || !URL.canParse(text)) return "must be a URL";
  const url = new URL(text);
  const host = url.hostname.replace(/\.+$/, "");
  if (url.username !== "" || url.password !== "") return "must not carry credentials";
  if (url.protocol !== "https:" && url.protocol !== "http:") return "must be an https URL";
  if (allowLoopback && isLoopback(host)) return null;
  if (url.protocol !== "https:") return "must be an https URL";
  return isPrivate(host) ? "must be a public host" : null;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function isPrivate(host: string): boolean {
  if (host.startsWith("[")) return isPrivateV6(host.slice(1, -1));
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return isPrivateV4(host);
  return !host.includes(".") || PRIVATE_NAMES.test(host);
}

function isPrivateV4(host: string): boolean {
  const address = toNumber(host);
  return PRIVATE_V4.some(([network, bits]) => {
    const size = 2 ** (32 - bits);
    return Math.floor(address / size) === Math.floor(toNumber(network) / size);
  });
}

function toNumber(host: string): number {
  return host.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** Only global unicast (2000::/3) is public; what embeds IPv4 or documents (3fff::/20) is not. */
function isPrivateV6(host: string): boolean {
  const [group = 0, second = 0] = host.split(":").map((text) => Number.parseInt(text || "0", 16));
  const global = group >= 0x2000 && group <= 0x3fff;
  const embedded = group === 0x2002 || /^2001:(0:|:|0*db8:)/i.test(host);
  const documentation = group === 0x3fff && second < 0x1000;
  return !global || embedded || documentation;
}

const IPV6_GROUPS = 8;
const NETWORK_GROUPS = 4;

/**
 * What one client can change of its address is left out: of IPv6 all but the network, its first 64
 * bits, of which everybody has a whole one. An IPv4 address, also within IPv6, is its own network.
 */
export function networkOf(address: string): string {
  if (!address.includes(":") || !URL.canParse(`http://[${address}]`)) return address;
  const host = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = "", tail] = host.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array<string>(IPV6_GROUPS - before.length - after.length).fill("0");
  const groups = [...before, ...zeros, ...after];
  const [high = "0", low = "0"] = groups.slice(-2);
  if (groups.slice(0, -2).join(":") === "0:0:0:0:0:ffff") return dotted(high, low);
  return `${groups.slice(0, NETWORK_GROUPS).join(":")}::/64`;
}

function dotted(...groups: readonly string[]): string {
  const numbers = groups.map((group) => Number.parseInt(group, 16));
  return numbers.flatMap((number) => [number >> 8, number & 255]).join(".");
}
