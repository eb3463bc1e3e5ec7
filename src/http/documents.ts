import * as z from "zod";
import type { Answer } from "./calls.ts";
import { exactNumber } from "./wire/amounts.ts";
import type { Format } from "./wire/document.ts";

/** What vendors write each in their own way in documents that are alike otherwise. */
export interface Style {
  /** What stands before the root in XML. */
  readonly declaration: string;
  /** Attributes in XML of what has no value, and of what has records; a blank before each. */
  readonly nil: string;
  readonly array: string;
  /** A number, from its decimal text. */
  decimal(decimal: string): string;
  /** A time, from milliseconds since the epoch. */
  moment(moment: number, format: Format): string;
}

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
  | {
      /** Made by {@link listOf}. */
      readonly kind: "list";
      readonly of: (record: T) => readonly Rendering[];
      /** Of one of them in JSON. */
      readonly schema: () => z.ZodType;
    }
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

/** A record that can be shown in either format, whatever it is a record of. */
interface Rendering {
  readonly json: (style: Style) => object;
  readonly xml: (style: Style, indent: string) => string;
}

/** A field that has records of another resource. */
export function listOf<T, I>(
  name: string,
  resource: Resource<I>,
  of: (record: T) => readonly I[],
): Field<T> {
  return {
    name,
    kind: "list",
    of: (record) => of(record).map((item) => render(resource, item)),
    schema: () => schemaOf(resource),
  };
}

function render<T>(resource: Resource<T>, record: T): Rendering {
  return {
    json: (style) => jsonRecord(style, resource, record),
    xml: (style, indent) => xmlRecord(style, resource, record, indent),
  };
}

/** What a vendor answers: documents of one style. */
export interface Documents {
  /** A record by itself. */
  one<T>(resource: Resource<T>): Answer<T>;
  /** A list of records. */
  many<T>(resource: Resource<T>): Answer<readonly T[]>;
  /** Texts in elements of the same name, in XML. */
  texts(root: string, element: string, texts: readonly string[]): string;
}

/** The documents of a style. */
export function documents(style: Style): Documents {
  const { declaration } = style;
  return {
    one: (resource) => ({
      get schema() {
        return schemaOf(resource);
      },
      write: (record, format) =>
        format === "json"
          ? JSON.stringify(jsonRecord(style, resource, record))
          : declaration + xmlRecord(style, resource, record, ""),
    }),
    many: (resource) => ({
      get schema() {
        return z.array(schemaOf(resource));
      },
      write(records, format) {
        if (format === "json") {
          return JSON.stringify(records.map((record) => jsonRecord(style, resource, record)));
        }
        const { list } = resource;
        if (records.length === 0) return `${declaration}<${list}/>\n`;
        const items = records.map((record) => xmlRecord(style, resource, record, STEP));
        return declaration + xmlParent(list, style.array, items, "");
      },
    }),
    texts(root, element, texts) {
      const items = texts.map((text) => xmlLeaf(element, "", text, STEP));
      return declaration + xmlParent(root, "", items, "");
    },
  };
}

const inJson = ({ only }: Field<never>): boolean => only !== "xml";
const inXml = ({ only }: Field<never>): boolean => only !== "json";

/** What a record is in JSON. */
function schemaOf<T>({ fields }: Resource<T>): z.ZodType {
  return z.object(
    Object.fromEntries(fields.filter(inJson).map((field) => [field.name, fieldSchema(field)])),
  );
}

function fieldSchema<T>(field: Field<T>): z.ZodType {
  return field.kind === "list" ? z.array(field.schema()) : SCALARS[field.kind].nullable();
}

const SCALARS = {
  text: z.string(),
  decimal: exactNumber,
  date: z.iso.date(),
  integer: z.int(),
  moment: z.string(),
  boolean: z.boolean(),
} as const satisfies Record<Exclude<Field<never>["kind"], "list">, z.ZodType>;

function jsonRecord<T>(style: Style, resource: Resource<T>, record: T): Record<string, unknown> {
  const fields = resource.fields.filter(inJson);
  return Object.fromEntries(
    fields.map((field) => [field.name, jsonValue(style, field, record)] as const),
  );
}

function jsonValue<T>(style: Style, field: Field<T>, record: T): unknown {
  if (field.kind === "list") return field.of(record).map(({ json }) => json(style));
  const value = field.of(record);
  if (value === null) return null;
  if (field.kind === "decimal") return JSON.rawJSON(style.decimal(String(value)));
  return field.kind === "moment" ? style.moment(Number(value), "json") : value;
}

const STEP = "  ";

function xmlRecord<T>(style: Style, resource: Resource<T>, record: T, indent: string): string {
  const fields = resource.fields.filter(inXml);
  const children = fields.map((field) => xmlField(style, resource, field, record, indent + STEP));
  return xmlParent(resource.element, "", children, indent);
}

function xmlField<T>(
  style: Style,
  { typed = false, hyphens = false }: Resource<T>,
  field: Field<T>,
  record: T,
  indent: string,
): string {
  const name = hyphens ? field.name.replaceAll("_", "-") : field.name;
  if (field.kind === "list") {
    const items = field.of(record).map(({ xml }) => xml(style, indent + STEP));
    if (items.length === 0) return `${indent}<${name}${style.array}/>\n`;
    return xmlParent(name, style.array, items, indent);
  }
  const isNumber = field.kind === "decimal" || field.kind === "integer";
  const type = typed && isNumber ? ` type="${field.kind}"` : "";
  const text = xmlText(style, field, record);
  return xmlLeaf(name, text === null ? type + style.nil : type, text ?? "", indent);
}

function xmlText<T>(
  style: Style,
  field: Exclude<Field<T>, { kind: "list" }>,
  record: T,
): string | null {
  const value = field.of(record);
  if (value === null) return null;
  if (field.kind === "decimal") return style.decimal(String(value));
  return field.kind === "moment" ? style.moment(Number(value), "xml") : String(value);
}

function xmlParent(
  name: string,
  attributes: string,
  children: readonly string[],
  indent: string,
): string {
  return `${indent}<${name}${attributes}>\n${children.join("")}${indent}</${name}>\n`;
}

function xmlLeaf(name: string, attributes: string, text: string, indent: string): string {
  return `${indent}<${name}${attributes}>${escapeXml(text)}</${name}>\n`;
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
