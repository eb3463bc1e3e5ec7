import * as fc from "fast-check";
import type { BodyFormat, Mangling } from "./body-format.ts";
import { mangling, truncated } from "./body-format.ts";
import type { Value } from "./values.ts";

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;

function contentOf(value: Value): string {
  if (value.shape === "null") return "";
  if (value.shape === "structure") return structureContent(value.value);
  return escaped(value.shape === "flag" ? String(value.value) : value.text);
}

/** Members of lists are elements named `item`. */
function structureContent(value: unknown): string {
  if (typeof value !== "object" || value === null) return escaped(String(value));
  const parts = Object.entries(value).map(([key, item]) =>
    element(Array.isArray(value) ? "item" : key, structureContent(item)),
  );
  return parts.join("");
}

const inRoot = (inserted: string) => (document: string) =>
  document.replace(/<[A-Za-z][\w-]*>/, (root) => root + inserted);

/** Before the root, where a document type stands. */
const beforeRoot = (inserted: string) => (document: string) =>
  document.replace(/<[A-Za-z]/, (root) => inserted + root);

/** Ten to the ninth of a text, made of nine entities. */
function laughs(): string {
  const name = (i: number) => `l${i}`;
  const entities = Array.from({ length: 9 }, (_, i) => {
    const content = i === 0 ? "lol" : `&${name(i - 1)};`.repeat(10);
    return `<!ENTITY ${name(i)} "${content}">`;
  });
  return `<!DOCTYPE a [${entities.join("")}]>`;
}

const EXTERNAL = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>';

/** Documents that are well-formed, and that no service should take all the same. */
const FORBIDDEN: readonly Mangling[] = [
  mangling("with a document type", beforeRoot("<!DOCTYPE a>")),
  mangling("with a document type from elsewhere", beforeRoot('<!DOCTYPE a SYSTEM "http://a/">')),
  mangling("with entities of entities", (document) =>
    inRoot("<a>&l8;</a>")(beforeRoot(laughs())(document)),
  ),
  mangling("with an external entity", (document) =>
    inRoot("<a>&x;</a>")(beforeRoot(EXTERNAL)(document)),
  ),
];

const ILL_FORMED: readonly Mangling[] = [
  mangling("without its end tag", (document) => document.replace(/<\/[^<]*$/, "")),
  mangling("with another end tag", (document) => document.replace(/<\/[^<]*$/, "</zz>")),
  mangling("with tags that overlap", inRoot("<a><b></a></b>")),
  mangling("with a second root", (document) => `${document}<a></a>`),
  mangling("with text behind it", (document) => `${document}a`),
  mangling("with text before it", (document) => `a${document}`),
  mangling("with a blank before its declaration", (document) => ` ${document}`),
  mangling("with an unknown entity", inRoot("&nope;")),
  mangling("with a bare ampersand", inRoot("a & b")),
  mangling("with a bare bracket", inRoot("a < b")),
  mangling("with a name that begins with a digit", inRoot("<1a></1a>")),
  mangling("with an attribute without quotes", inRoot("<a b=c></a>")),
  mangling("with an attribute twice", inRoot('<a b="1" b="2"></a>')),
  mangling("with a reference to NUL", inRoot("&#0;")),
  mangling("with a reference beyond Unicode", inRoot("&#x110000;")),
  mangling("with a control character", inRoot("\u0001")),
  mangling("with an open section", inRoot("<![CDATA[a")),
  mangling("with an open comment", inRoot("<!-- a")),
  mangling("with hyphens in a comment", inRoot("<!-- a -- b -->")),
  mangling("with an open instruction", inRoot("<?a")),
  mangling("without a document", () => DECLARATION),
  mangling("with a nest without end", inRoot("<a>".repeat(10_000))),
];

/** A body of XML: one element with a child for each field. */
export function xmlBody(root: string): BodyFormat {
  const nested = `${"<a>".repeat(10_000)}${"</a>".repeat(10_000)}`;
  return {
    name: "xml",
    contentType: "application/xml",
    typed: false,
    nests: true,
    counts: null,
    write: (members) => {
      const children = members.map(([name, value]) => element(name, contentOf(value)));
      return DECLARATION + element(root, children.join(""));
    },
    unreadable: fc.oneof(
      { weight: 4, arbitrary: fc.double({ min: 0, max: 0.999, noNaN: true }).map(truncated) },
      { weight: 4, arbitrary: fc.constantFrom(...ILL_FORMED) },
      { weight: 2, arbitrary: fc.constantFrom(...FORBIDDEN) },
      fc.constant(mangling("a nest of great depth", () => DECLARATION + nested)),
    ),
  };
}
