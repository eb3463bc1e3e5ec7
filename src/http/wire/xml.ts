import { XMLParser, XMLValidator } from "fast-xml-parser";
import type { LoyaltyError } from "../../core/errors.ts";
import { invalid } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";

/** Levels of elements within one another; no request has half as many. */
const MAX_DEPTH = 16;
/** Elements of a document: an invoice of some hundred lines. */
const MAX_ELEMENTS = 8_000;

/** What a document is made of: the parser takes more for XML than is. No `<!DOCTYPE` among it. */
const TOKENS = new RegExp(
  [
    "<!--(?:[^-]|-[^-])*-->",
    "<!\\[CDATA\\[[^]*?\\]\\]>",
    "(?<instruction><\\?[^]*?\\?>)",
    "<(?<tag>[^<>\"'!?](?:[^<>\"']|\"[^<\"]*\"|'[^<']*')*)>",
    "(?<text>[^<]+)",
  ].join("|"),
  "y",
);

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what no document may hold.
const NO_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\dA-Fa-f]{1,6}));|&/g;
const NAMED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};
const ENCODING = /\sencoding\s*=\s*["']([^"']*)["']/;
const UTF8 = /^(?:utf-?8|us-ascii)$/i;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  removeNSPrefix: true,
  processEntities: false,
  parseTagValue: false,
  trimValues: false,
  cdataPropName: "#cdata",
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: MAX_DEPTH,
});

/**
 * The content of a document's root, whatever that is called: an element without children is its
 * text, one with `nil="true"` null, one with `type="array"` a list of its children, and any other
 * an object by their names, in which those that come twice are a list. `invalid_json` for what is
 * no XML, has a document type, or is too deep or too large; `validation_failed` for another
 * encoding than UTF-8.
 */
export function readXml(text: string): Result<unknown, LoyaltyError> {
  const guarded = guard(text);
  if (!guarded.ok) return guarded;
  try {
    if (XMLValidator.validate(text) !== true) return err({ code: "invalid_json" });
    const [root] = (parser.parse(text) as Node[]).filter((node) => nameOf(node) !== null);
    return root === undefined ? err({ code: "invalid_json" }) : ok(contentOf(root));
  } catch {
    return err({ code: "invalid_json" });
  }
}

/** Refuses what the parser would let pass or could be overwhelmed by; reads each character once. */
function guard(text: string): Result<null, LoyaltyError> {
  const refused = err({ code: "invalid_json" } as const);
  if (NO_CHARACTER.test(text)) return refused;
  let [depth, elements, roots] = [0, 0, 0];
  TOKENS.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKENS.lastIndex) {
    const { instruction, tag, text: characters } = TOKENS.exec(text)?.groups ?? {};
    if (TOKENS.lastIndex === 0) return refused;
    if (instruction !== undefined && /^<\?xml\s/i.test(instruction)) {
      if (at > 0) return refused;
      const [, encoding = "utf-8"] = ENCODING.exec(instruction) ?? [];
      if (!UTF8.test(encoding)) return invalid("", "invalid", "Request body must be UTF-8");
    }
    if (!isExpandable(tag ?? characters ?? "")) return refused;
    if (characters !== undefined) {
      const misplaced = depth === 0 && characters.trim() !== "";
      if (misplaced || characters.includes("]]>")) return refused;
    }
    if (tag === undefined) continue;
    if (tag.startsWith("/")) {
      depth -= 1;
      continue;
    }
    elements += 1;
    if (depth === 0) roots += 1;
    if (!tag.endsWith("/")) depth += 1;
    if (roots > 1 || depth > MAX_DEPTH || elements > MAX_ELEMENTS) return refused;
  }
  return depth === 0 && roots === 1 ? ok(null) : refused;
}

/** Whether every reference in a text is to a character: there are no entities but the five. */
function isExpandable(text: string): boolean {
  for (const [whole, , decimal, hexadecimal] of text.matchAll(REFERENCE)) {
    if (whole === "&") return false;
    const point = codePointOf(decimal, hexadecimal);
    if (point !== null && !isCharacter(point)) return false;
  }
  return true;
}

function codePointOf(decimal: string | undefined, hexadecimal: string | undefined): number | null {
  if (decimal !== undefined) return Number(decimal);
  return hexadecimal === undefined ? null : Number.parseInt(hexadecimal, 16);
}

function isCharacter(point: number): boolean {
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  return point <= 0x10ffff && !isSurrogate && !NO_CHARACTER.test(String.fromCodePoint(point));
}

function expand(text: string): string {
  return text.replaceAll(REFERENCE, (whole, name, decimal, hexadecimal) => {
    const point = codePointOf(decimal, hexadecimal);
    return point === null ? (NAMED[name] ?? whole) : String.fromCodePoint(point);
  });
}

/** The parser's tree: an element by its name, or a text; attributes stand under `:@`. */
interface Node {
  readonly ":@"?: Readonly<Record<string, string>>;
  readonly [name: string]: unknown;
}

const TEXTS: readonly string[] = ["#text", "#cdata"];

/** The name of an element; null for a text. */
function nameOf(node: Node): string | null {
  const [name] = Object.keys(node).filter((key) => key !== ":@");
  return name === undefined || TEXTS.includes(name) ? null : name;
}

function contentOf(node: Node): unknown {
  const name = nameOf(node);
  const children = (name === null ? [] : node[name]) as readonly Node[];
  const { nil, type } = node[":@"] ?? {};
  if (nil === "true") return null;
  const elements = children.filter((child) => nameOf(child) !== null);
  if (type === "array") return elements.map(contentOf);
  return elements.length === 0 ? children.map(textOf).join("") : fieldsOf(elements);
}

function textOf(node: Node): string {
  const cdata = node["#cdata"] as readonly Node[] | undefined;
  if (cdata !== undefined) return cdata.map((part) => String(part["#text"] ?? "")).join("");
  return expand(String(node["#text"] ?? ""));
}

function fieldsOf(elements: readonly Node[]): Record<string, unknown> {
  const lists = new Map<string, unknown[]>();
  for (const element of elements) {
    const name = nameOf(element) ?? "";
    const list = lists.get(name) ?? [];
    list.push(contentOf(element));
    lists.set(name, list);
  }
  // Without a prototype: an element named __proto__ must not hand others down.
  const fields: Record<string, unknown> = Object.create(null);
  for (const [name, list] of lists) fields[name] = list.length === 1 ? list[0] : list;
  return fields;
}
