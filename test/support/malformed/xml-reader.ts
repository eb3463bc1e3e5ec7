const NAME = "[A-Za-z_][\\w.-]*";
const ATTRIBUTES = new RegExp(`\\s+(${NAME})="[^<"]*"`, "g");

/** What XML is made of; what is none of it is no XML. */
const TOKENS = new RegExp(
  [
    "<\\?[^]*?\\?>",
    "<!--(?:(?!--)[^])*-->",
    "<!\\[CDATA\\[[^]*?\\]\\]>",
    `</(?<end>${NAME})>`,
    `<(?<start>${NAME})(?<attributes>(?:\\s+${NAME}="[^<"]*")*)>`,
    "(?<text>[^<]+)",
  ].join("|"),
  "y",
);

const ENTITY = /&(?!(?:amp|lt|gt|quot|apos|#[1-9]\d{0,5}|#x[1-9a-f][\da-f]{0,4});)/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/;

/** The five entities that need no declaration. */
function unescaped(text: string): string {
  const plain = text.replaceAll("&lt;", "<").replaceAll("&gt;", ">");
  return plain.replaceAll("&quot;", '"').replaceAll("&apos;", "'").replaceAll("&amp;", "&");
}

/**
 * Reads what the tests write as XML: the texts of the root's children. Null for what is not
 * well-formed, and for what has a document type, which no service should read. Elements without
 * content that are written in one tag are not known here.
 */
export function readXml(document: string): ReadonlyMap<string, string> | null {
  const fields = new Map<string, string>();
  const open: string[] = [];
  let roots = 0;
  TOKENS.lastIndex = 0;
  if (CONTROL.test(document)) return null;
  for (let at = 0; at < document.length; at = TOKENS.lastIndex) {
    const token = TOKENS.exec(document);
    if (token === null) return null;
    const { start, end, attributes = "", text } = token.groups ?? {};
    if (token[0].startsWith("<?xml") && at > 0) return null;
    if (start !== undefined) {
      const names = [...attributes.matchAll(ATTRIBUTES)].map(([, name]) => name);
      if (new Set(names).size < names.length) return null;
      if (open.length === 0) roots += 1;
      open.push(start);
    } else if (end !== undefined) {
      if (open.pop() !== end) return null;
    } else if (text !== undefined) {
      if (ENTITY.test(text) || (open.length === 0 && text.trim() !== "")) return null;
      const [, child] = open;
      if (open.length === 2 && child !== undefined) fields.set(child, unescaped(text));
    }
  }
  return open.length === 0 && roots === 1 ? fields : null;
}
