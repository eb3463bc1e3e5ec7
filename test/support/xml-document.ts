import type { Element, Node } from "@xmldom/xmldom";
import { DOMParser } from "@xmldom/xmldom";

/** An element of a document, as a parser that the service does not use reads it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The text of an element without children; empty where it has some. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const ELEMENT = 1;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the parser overlooks them.
const NO_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** The root of a document. Throws at the least thing that is not as XML should be. */
export function parseXml(text: string): XmlElement {
  if (NO_CHARACTER.test(text)) throw new Error("the document has characters that XML has not");
  const parser = new DOMParser({
    onError: (level, message) => {
      // It warns of U+FFFD, which is a character like any other.
      if (!message.includes("replacement character")) throw new Error(`${level}: ${message}`);
    },
  });
  const { documentElement } = parser.parseFromString(text, "application/xml");
  if (documentElement === null) throw new Error("the document has no root");
  return toElement(documentElement);
}

function toElement(element: Element): XmlElement {
  const children = [...element.childNodes].filter(isElement).map(toElement);
  const attributes = [...element.attributes].map(({ name, value }) => [name, value] as const);
  return {
    name: element.nodeName,
    attributes: Object.fromEntries(attributes),
    text: children.length === 0 ? (element.textContent ?? "") : "",
    children,
  };
}

function isElement(node: Node): node is Element {
  return node.nodeType === ELEMENT;
}

/** The text of a child; null when it is nil. Throws where there is not exactly one. */
export function childText(element: XmlElement, name: string): string | null {
  const [child, ...others] = element.children.filter((candidate) => candidate.name === name);
  if (child === undefined || others.length > 0) {
    throw new Error(`${element.name} has not exactly one ${name}`);
  }
  return child.attributes.nil === "true" ? null : child.text;
}
