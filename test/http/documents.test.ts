import { describe, expect, it } from "vitest";
import * as z from "zod";
import * as imonggo from "../../src/dialects/imonggo/documents.ts";
import type { Field, Resource } from "../../src/http/documents.ts";
import { documents, listOf } from "../../src/http/documents.ts";
import type { Format } from "../../src/http/wire/document.ts";
import { childText, parseXml } from "../support/xml-document.ts";

interface Line {
  readonly quantity: string;
}

interface Thing {
  readonly name: string | null;
  readonly points: string | null;
  readonly count: number | null;
  readonly sold: boolean | null;
  readonly day: string | null;
  readonly at: number | null;
  readonly lines: readonly Line[];
}

const LINE: Resource<Line> = {
  element: "thing_line",
  list: "thing_lines",
  fields: [{ name: "quantity", kind: "decimal", of: ({ quantity }) => quantity }],
};

const FIELDS: readonly Field<Thing>[] = [
  { name: "zip_name", kind: "text", of: ({ name }) => name },
  { name: "points_spent", kind: "decimal", of: ({ points }) => points },
  { name: "count", kind: "integer", of: ({ count }) => count },
  { name: "sold", kind: "boolean", of: ({ sold }) => sold },
  { name: "birthdate", kind: "date", of: ({ day }) => day },
  { name: "utc_created_at", kind: "moment", of: ({ at }) => at },
  listOf("thing_lines", LINE, ({ lines }) => lines),
];

const THING: Resource<Thing> = { element: "thing", list: "my-things", fields: FIELDS };

/** A record in the style of the vendor that has both formats. */
function one<T>(resource: Resource<T>, record: T): (format: Format) => string {
  return (format) => String(imonggo.one(resource).write(record, format));
}

function many<T>(resource: Resource<T>, records: readonly T[]): (format: Format) => string {
  return (format) => String(imonggo.many(resource).write(records, format));
}

const FULL: Thing = {
  name: "Zoë",
  points: "30511.00",
  count: 42,
  sold: false,
  day: "1999-12-31",
  at: Date.parse("2013-05-25T02:24:31.999Z"),
  lines: [{ quantity: "1.50" }, { quantity: "2" }],
};

const NOTHING: Thing = {
  name: null,
  points: null,
  count: null,
  sold: null,
  day: null,
  at: null,
  lines: [],
};

describe("a record in XML", () => {
  it("has its fields in their order, its lists as arrays, and its times in UTC", () => {
    expect(one(THING, FULL)("xml")).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<thing>
  <zip_name>Zoë</zip_name>
  <points_spent>30511.0</points_spent>
  <count>42</count>
  <sold>false</sold>
  <birthdate>1999-12-31</birthdate>
  <utc_created_at>2013-05-25T02:24:31Z</utc_created_at>
  <thing_lines type="array">
    <thing_line>
      <quantity>1.5</quantity>
    </thing_line>
    <thing_line>
      <quantity>2.0</quantity>
    </thing_line>
  </thing_lines>
</thing>
`);
  });

  it("says nil of what is null, and an empty array of an empty list", () => {
    const { children } = parseXml(one(THING, NOTHING)("xml"));
    const [lines, ...others] = children.toReversed();
    expect(others.map(({ attributes, text }) => [attributes, text])).toEqual(
      Array.from({ length: 6 }, () => [{ nil: "true" }, ""]),
    );
    expect(lines).toMatchObject({ attributes: { type: "array" }, children: [] });
    expect(one(THING, NOTHING)("xml")).toContain('  <zip_name nil="true"></zip_name>\n');
    expect(one(THING, NOTHING)("xml")).toContain('  <thing_lines type="array"/>\n');
  });

  it("has no nil at what is an empty text", () => {
    expect(one(THING, { ...FULL, name: "" })("xml")).toContain("  <zip_name></zip_name>\n");
  });

  it("has hyphens and types where its resource has them, and neither anywhere else", () => {
    const typed = { ...THING, element: "hash", hyphens: true, typed: true };
    const { children } = parseXml(one(typed, FULL)("xml"));
    expect(children.map(({ name, attributes }) => [name, attributes.type])).toEqual([
      ["zip-name", undefined],
      ["points-spent", "decimal"],
      ["count", "integer"],
      ["sold", undefined],
      ["birthdate", undefined],
      ["utc-created-at", undefined],
      ["thing-lines", "array"],
    ]);
  });

  it.each([
    "<b>&amp;</b> \"quotes\" 'apostrophes' ]]>",
    "a\tb\nc",
    "a\r\nb\rc",
    " blanks ",
    "早 \u{1f642} \u0301",
    "</zip_name><points_spent>9</points_spent>",
    "<!-- --> <![CDATA[ ]]> <?x?>",
  ])("has any text as it is: %j", (name) => {
    const root = parseXml(one(THING, { ...FULL, name })("xml"));
    expect(childText(root, "zip_name")).toBe(name);
    expect(childText(root, "points_spent")).toBe("30511.0");
  });

  it("has a sign in the place of a character that XML cannot have", () => {
    const name = "a\u0000b\u001fc\ud800d\uffffe";
    const root = parseXml(one(THING, { ...FULL, name })("xml"));
    expect(childText(root, "zip_name")).toBe("a\ufffdb\ufffdc\ufffdd\ufffde");
  });
});

describe("a record in JSON", () => {
  it("is flat, with numbers that have a fraction, and times with slashes", () => {
    expect(one(THING, FULL)("json")).toBe(
      '{"zip_name":"Zoë","points_spent":30511.0,"count":42,"sold":false,' +
        '"birthdate":"1999-12-31","utc_created_at":"2013/05/25 02:24:31 +0000",' +
        '"thing_lines":[{"quantity":1.5},{"quantity":2.0}]}',
    );
  });

  it("has every key, null or not, and underscores whatever its XML has", () => {
    const body = JSON.parse(one({ ...THING, hyphens: true, typed: true }, NOTHING)("json"));
    const names = FIELDS.map(({ name }) => name);
    expect(Object.keys(body)).toEqual(names);
    expect(Object.values(body)).toEqual([null, null, null, null, null, null, []]);
  });

  it("alone has the fields that are only its own", () => {
    const own: Field<Thing> = {
      name: "user_id",
      kind: "integer",
      of: ({ count }) => count,
      only: "json",
    };
    const resource = { ...THING, fields: [own] };
    expect(one(resource, FULL)("json")).toBe('{"user_id":42}');
    expect(parseXml(one(resource, FULL)("xml")).children).toEqual([]);
  });
});

describe("a decimal", () => {
  it.each([
    ["0", "0.0"],
    ["0.00", "0.0"],
    ["200.000000", "200.0"],
    ["28511.25", "28511.25"],
    ["28511.50", "28511.5"],
    ["-10.00", "-10.0"],
    ["9007199254740993.05", "9007199254740993.05"],
  ])("has a digit behind the point, and no digit is lost: %s", (points, shown) => {
    expect(one(THING, { ...FULL, points })("json")).toContain(`"points_spent":${shown},`);
    const root = parseXml(one(THING, { ...FULL, points })("xml"));
    expect(childText(root, "points_spent")).toBe(shown);
  });
});

describe("a list", () => {
  it("is an array of records in either format", () => {
    const body = many(THING, [FULL, NOTHING]);
    const root = parseXml(body("xml"));
    expect([root.name, root.attributes]).toEqual(["my-things", { type: "array" }]);
    expect(root.children.map(({ name }) => name)).toEqual(["thing", "thing"]);
    expect(JSON.parse(body("json"))).toHaveLength(2);
  });

  it("without a record is a single tag, and an empty array", () => {
    const body = many(THING, []);
    expect(body("xml")).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<my-things/>\n');
    expect(body("json")).toBe("[]");
  });
});

describe("texts", () => {
  it("stand in elements of one name", () => {
    const root = parseXml(imonggo.texts("errors", "error", ["a < b", "c"]));
    expect(root.name).toBe("errors");
    expect(root.children.map(({ name, text }) => [name, text])).toEqual([
      ["error", "a < b"],
      ["error", "c"],
    ]);
  });
});

describe("a style", () => {
  const bare = documents({
    declaration: "",
    nil: "",
    array: "",
    decimal: (decimal) => decimal.replace(/\..*/, ""),
    moment: (moment, format) => `${format} ${moment}`,
  });

  it("says how numbers and times are written, and what elements tell of themselves", () => {
    const things = bare.many(THING);
    const [first, , count, , , at] =
      parseXml(String(things.write([FULL], "xml"))).children[0]?.children ?? [];
    expect([first?.text, count?.text, at?.text]).toEqual(["Zoë", "42", `xml ${FULL.at}`]);
    const xml = String(things.write([NOTHING], "xml"));
    expect(xml).toMatch(/^<my-things>\n {2}<thing>\n {4}<zip_name><\/zip_name>\n/);
    expect(xml).toContain("    <thing_lines/>\n");
    const json = JSON.parse(String(bare.one(THING).write(FULL, "json")));
    expect(json).toMatchObject({ points_spent: 30511, utc_created_at: `json ${FULL.at}` });
  });
});

describe("the schema of an answer", () => {
  it("is that of its JSON", () => {
    const { schema } = imonggo.many(THING);
    if (schema === null) throw new Error("there is none");
    expect(z.toJSONSchema(schema)).toMatchObject({
      type: "array",
      items: {
        properties: {
          zip_name: { type: ["string", "null"] },
          count: { anyOf: [{ type: "integer" }, { type: "null" }] },
          sold: { type: ["boolean", "null"] },
          birthdate: { anyOf: [{ type: "string", format: "date" }, { type: "null" }] },
          utc_created_at: { type: ["string", "null"] },
          thing_lines: { type: "array", items: { required: ["quantity"] } },
        },
        required: FIELDS.map(({ name }) => name),
      },
    });
    for (const record of [FULL, NOTHING]) {
      expect(schema.safeParse(JSON.parse(many(THING, [record])("json"))).success).toBe(true);
    }
    expect(schema.safeParse([{ ...FULL, zip_name: 1 }]).success).toBe(false);
  });

  it("has no field of XML alone", () => {
    const [own] = FIELDS;
    if (own === undefined) throw new Error("there is no field");
    const { schema } = imonggo.one({ ...THING, fields: [{ ...own, only: "xml" }] });
    expect(schema?.safeParse({}).success).toBe(true);
  });
});
