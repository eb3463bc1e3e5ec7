import "./wire/amounts.ts";

/** The two forms that a document can have. */
export type Format = "xml" | "json";

/** One field of a resource: its name on the wire, what it is, and where a record has it. */
export type Field<T> = {
  /** With underscores. */
  readonly name: string;
  /** Set where only one of the formats has the field. */
  readonly only?: Format;
} & (
  | {
      /** `decimal` is a decimal text, `date` is `YYYY-MM-DD`. */
      readonly kind: "text" | "decimal" | "date";
      readonly of: (record: T) => string | null;
    }
  | {
      /** `moment` is milliseconds since the epoch. */
      readonly kind: "integer" | "moment";
      readonly of: (record: T) => number | null;
    }
  | { readonly kind: "boolean"; readonly of: (record: T) => boolean | null }
  | { readonly kind: "list"; readonly of: (record: T) => readonly Rendering[] }
);

/** How records of one kind are shown, in both formats. */
export interface Resource<T> {
  /** Element of one record. */
  readonly element: string;
  /** Element of several. */
  readonly list: string;
  /** Whether its elements tell the types of their numbers. */
  readonly typed?: boolean;
  /** Whether its elements have hyphens instead of underscores. */
  readonly hyphens?: boolean;
  /** In the order of the wire. */
  readonly fields: readonly Field<T>[];
}

/** A record that can be shown in either format. */
export interface Rendering {
  readonly json: () => object;
  readonly xml: (indent: string) => string;
}

/** The body of an answer, once its format is known. */
export type Content = (format: Format) => string;

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const STEP = "  ";

/** A record as its resource has it. */
export function render<T>(resource: Resource<T>, record: T): Rendering {
  return {
    json: () => jsonRecord(resource, record),
    xml: (indent) => xmlRecord(resource, record, indent),
  };
}

/** Records within another one, as the value of a field of kind `list`. */
export function renderAll<T>(resource: Resource<T>, records: readonly T[]): readonly Rendering[] {
  return records.map((record) => render(resource, record));
}

/** A body that is one record. */
export function one<T>(resource: Resource<T>, record: T): Content {
  const { json, xml } = render(resource, record);
  return (format) => (format === "json" ? JSON.stringify(json()) : DECLARATION + xml(""));
}

/** A body that is a list of records. */
export function many<T>(resource: Resource<T>, records: readonly T[]): Content {
  const items = renderAll(resource, records);
  return (format) => {
    if (format === "json") return JSON.stringify(items.map(({ json }) => json()));
    const { list } = resource;
    if (items.length === 0) return `${DECLARATION}<${list}/>\n`;
    return DECLARATION + xmlParent(list, ' type="array"', items, "");
  };
}

/** A document of texts in elements of the same name. */
export function xmlTexts(root: string, element: string, texts: readonly string[]): string {
  const items = texts.map((text) => ({
    xml: (indent: string) => xmlLeaf(element, "", text, indent),
  }));
  return DECLARATION + xmlParent(root, "", items, "");
}

function jsonRecord<T>(resource: Resource<T>, record: T): Record<string, unknown> {
  const fields = resource.fields.filter(({ only }) => only !== "xml");
  return Object.fromEntries(fields.map((field) => [field.name, jsonValue(field, record)] as const));
}

function jsonValue<T>(field: Field<T>, record: T): unknown {
  switch (field.kind) {
    case "list":
      return field.of(record).map(({ json }) => json());
    case "decimal": {
      const decimal = field.of(record);
      return decimal === null ? null : JSON.rawJSON(withFraction(decimal));
    }
    case "moment": {
      const moment = field.of(record);
      return moment === null ? null : slashText(moment);
    }
    default:
      return field.of(record);
  }
}

function xmlRecord<T>(resource: Resource<T>, record: T, indent: string): string {
  const fields = resource.fields.filter(({ only }) => only !== "json");
  const children = fields.map((field) => ({
    xml: (inner: string) => xmlField(resource, field, record, inner),
  }));
  return xmlParent(resource.element, "", children, indent);
}

function xmlField<T>(
  { typed = false, hyphens = false }: Resource<T>,
  field: Field<T>,
  record: T,
  indent: string,
): string {
  const name = hyphens ? field.name.replaceAll("_", "-") : field.name;
  if (field.kind === "list") {
    const items = field.of(record);
    const attribute = ' type="array"';
    if (items.length === 0) return `${indent}<${name}${attribute}/>\n`;
    return xmlParent(name, attribute, items, indent);
  }
  const isNumber = field.kind === "decimal" || field.kind === "integer";
  const type = typed && isNumber ? ` type="${field.kind}"` : "";
  return xmlLeaf(name, type, xmlText(field, record), indent);
}

function xmlText<T>(field: Exclude<Field<T>, { kind: "list" }>, record: T): string | null {
  const value = field.of(record);
  if (value === null) return null;
  if (field.kind === "decimal") return withFraction(String(value));
  if (field.kind === "moment") return `${secondsText(Number(value))}Z`;
  return String(value);
}

function xmlParent(
  name: string,
  attributes: string,
  children: readonly Pick<Rendering, "xml">[],
  indent: string,
): string {
  const inner = children.map(({ xml }) => xml(indent + STEP)).join("");
  return `${indent}<${name}${attributes}>\n${inner}${indent}</${name}>\n`;
}

function xmlLeaf(name: string, attributes: string, text: string | null, indent: string): string {
  const nil = text === null ? ' nil="true"' : "";
  return `${indent}<${name}${attributes}${nil}>${escapeXml(text ?? "")}</${name}>\n`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\r": "&#13;",
};
// biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no way to write them.
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function escapeXml(text: string): string {
  const writable = text.toWellFormed().replaceAll(UNWRITABLE, "\ufffd");
  return writable.replaceAll(/[&<>\r]/g, (character) => ESCAPES[character] ?? character);
}

/** A decimal text with at least one digit behind the point, and no zeros that say nothing. */
function withFraction(decimal: string): string {
  const [whole = "", fraction = ""] = decimal.split(".");
  return `${whole}.${fraction.replace(/0+$/, "") || "0"}`;
}

/** `YYYY-MM-DDTHH:MM:SS` of a moment, in UTC. */
function secondsText(moment: number): string {
  return new Date(moment).toISOString().slice(0, 19);
}

/** `YYYY/MM/DD HH:MM:SS +0000` */
function slashText(moment: number): string {
  return `${secondsText(moment).replaceAll("-", "/").replace("T", " ")} +0000`;
}
