import { describe, expect, it } from "vitest";
import { readXml } from "../../../src/http/wire/xml.ts";
import { parseXml } from "../../support/xml-document.ts";

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>';
const INVALID = { ok: false, error: { code: "invalid_json" } };

/** What is read of a document that an independent parser takes for XML too. */
function contentOf(document: string): unknown {
  parseXml(document);
  const read = readXml(document);
  return read.ok ? read.value : read.error;
}

describe("a document", () => {
  it.each([
    ["<name>Juan</name>", "Juan"],
    ["<name></name>", ""],
    ["<name/>", ""],
    ["<name />", ""],
    ["<name> Juan\n</name>", " Juan\n"],
    ["<name>&lt;&amp;&gt;&quot;&apos;</name>", "<&>\"'"],
    ["<name>&#74;&#x75;&#x1F642;</name>", "Ju\u{1f642}"],
    ["<name>&amp;lt;</name>", "&lt;"],
    ["<name>Zoë</name>", "Zoë"],
    ["<name><![CDATA[a < b & &amp; ]]></name>", "a < b & &amp; "],
    ["<name>a<![CDATA[<]]>b</name>", "a<b"],
    ["<name><![CDATA[<!DOCTYPE x>]]></name>", "<!DOCTYPE x>"],
    ["<name>Ju<!-- <b> & --><!---->an</name>", "Juan"],
    ["<name>Ju<?php x ?>an</name>", "Juan"],
    ["<name>\r\n</name>", "\n"],
  ])("of a text is that text: %s", (document, text) => {
    expect(contentOf(document)).toBe(text);
    expect(contentOf(`${DECLARATION}\n<!-- a -->\n${document}\n<!-- b -->\n`)).toBe(text);
  });

  it.each([
    ['<a nil="true"/>', null],
    ['<a nil="true"></a>', null],
    ['<a nil="true">42</a>', null],
    ["<a nil='true'><b>1</b></a>", null],
    ['<a type="integer" nil="true"></a>', null],
    ['<a nil="false">42</a>', "42"],
    ['<a type="integer">42</a>', "42"],
    ['<x:a xmlns:x="urn:x" x:nil="true">42</x:a>', null],
  ])("is null where it says so, even with a text: %s", (document, content) => {
    expect(contentOf(document)).toBe(content);
  });

  it("of elements is an object by their names", () => {
    const document = `<customer>
      <first_name>Juan</first_name><city/>
      <customer_id nil="true">42</customer_id>
    </customer>`;
    const fields = { first_name: "Juan", city: "", customer_id: null };
    expect({ ...(contentOf(document) as object) }).toEqual(fields);
  });

  it("forgets the prefixes of its names, and the texts beside its elements", () => {
    const document = '<x:a xmlns:x="urn:x" xmlns="urn:y">q<x:b c="1">2</x:b>r<d>3</d></x:a>';
    expect({ ...(contentOf(document) as object) }).toEqual({ b: "2", d: "3" });
  });

  it("of an array is a list, whatever its members are called and how many there are", () => {
    const list = (lines: string) =>
      JSON.stringify(contentOf(`<a><lines type="array">${lines}</lines></a>`));
    expect(list("")).toBe('{"lines":[]}');
    expect(list(" \n ")).toBe('{"lines":[]}');
    expect(list("<line><id>1</id></line>")).toBe('{"lines":[{"id":"1"}]}');
    expect(list("<line>1</line><other>2</other>")).toBe('{"lines":["1","2"]}');
    expect(JSON.stringify(contentOf('<a><lines type="array"/></a>'))).toBe('{"lines":[]}');
  });

  it("has a list where a name comes twice", () => {
    expect(JSON.stringify(contentOf("<a><b>1</b><c>2</c><b>3</b></a>"))).toBe(
      '{"b":["1","3"],"c":"2"}',
    );
  });

  it.each(["constructor", "toString", "hasOwnProperty", "__proto__", "valueOf"])(
    "has no field by itself, nor one from an element of a hostile name: %s",
    (name) => {
      const read = readXml(`<a><b>1</b><${name}><points>5</points></${name}></a>`);
      const fields = (read.ok ? read.value : {}) as Record<string, unknown>;
      expect(fields.points).toBeUndefined();
      expect(Object.getPrototypeOf({})).toBe(Object.prototype);
      expect(({} as Record<string, unknown>).points).toBeUndefined();
    },
  );
});

describe("an encoding", () => {
  it.each(["utf-8", "UTF-8", "utf8", "US-ASCII"])("may be declared: %s", (encoding) => {
    const read = readXml(`<?xml version='1.0' encoding='${encoding}'?><a>1</a>`);
    expect(read).toEqual({ ok: true, value: "1" });
  });

  it.each(["ISO-8859-1", "utf-16", "windows-1252", "UTF-7", ""])(
    "other than that of the bytes is refused in so many words: %s",
    (encoding) => {
      const read = readXml(`<?xml version="1.0" encoding="${encoding}"?><a>1</a>`);
      const fault = { pointer: "", code: "invalid", detail: "Request body must be UTF-8" };
      expect(read).toEqual({ ok: false, error: { code: "validation_failed", faults: [fault] } });
    },
  );
});

/** Ten to the ninth of a text, in a few hundred bytes. */
function laughs(): string {
  const entities = Array.from({ length: 9 }, (_, i) => {
    const content = i === 0 ? "lol" : `&l${i - 1};`.repeat(10);
    return `<!ENTITY l${i} "${content}">`;
  });
  return `<!DOCTYPE a [${entities.join("")}]><a>&l8;</a>`;
}

/** Parts of which a text may consist. */
const TEXTS = ["&#38;", ' b="1"', "lorem ipsum "];

describe("a document that could do harm", () => {
  it.each([
    ["entities of entities", laughs()],
    ["a file", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
    ["a place", '<!DOCTYPE a [<!ENTITY x SYSTEM "http://169.254.169.254/">]><a>&x;</a>'],
    ["parameters", '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://a.example/x.dtd"> %x;]><a>1</a>'],
    ["a document type", "<!DOCTYPE a><a>1</a>"],
    ["one in small letters", "<!doctype a><a>1</a>"],
    ["one from elsewhere", '<!DOCTYPE a SYSTEM "http://a.example/a.dtd"><a>1</a>'],
    ["one inside", "<a><!DOCTYPE a></a>"],
    ["an entity inside", '<a><!ENTITY x "1">1</a>'],
  ])("is refused with %s", (_, document) => {
    expect(readXml(DECLARATION + document)).toEqual(INVALID);
  });

  it("is refused from a depth on that no request has", () => {
    const nest = (depth: number) => `${"<a>".repeat(depth)}1${"</a>".repeat(depth)}`;
    expect(readXml(nest(16)).ok).toBe(true);
    expect(readXml(nest(17))).toEqual(INVALID);
    expect(readXml(nest(100_000))).toEqual(INVALID);
    expect(readXml("<a>".repeat(600_000))).toEqual(INVALID);
  });

  it("is refused with more elements than any request has", () => {
    const wide = (elements: number) => `<a>${"<b/>".repeat(elements - 1)}</a>`;
    expect(readXml(wide(8_000)).ok).toBe(true);
    expect(readXml(wide(8_001))).toEqual(INVALID);
  });

  it.each([
    ["open tags", "<a "],
    ["open comments", "<!--"],
    ["open sections", "<a><![CDATA["],
    ["open instructions", "<?"],
    ["open quotes", '<a b="'],
    ["brackets", "<"],
    ["ampersands", "&"],
    ["references", "&#38;"],
    ["hyphens", "<!-- - "],
    ["end tags", "</a>"],
    ["equal signs", "<a ====="],
    ["attributes", ' b="1"'],
    ["texts", "lorem ipsum "],
  ])("of two megabytes is read in no time, be it but %s", (_, part) => {
    const document = part.repeat(2_097_152 / part.length);
    const start = performance.now();
    expect(readXml(document)).toEqual(INVALID);
    expect(readXml(`<a>${document}</a>`).ok).toBe(TEXTS.includes(part));
    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

describe("what is no XML", () => {
  it.each([
    "",
    " ",
    "Juan",
    '{"a":1}',
    "a=1",
    DECLARATION,
    "<a>",
    "<a>1",
    "<a>1</b>",
    "<a><b></a></b>",
    "</a>",
    "<a>1</a><b>2</b>",
    "<a/><b/>",
    "<a>1</a>b",
    "<a/>b",
    "b<a/>",
    "<a/>&#32;",
    "<1a/>",
    "<a b=c/>",
    "<a b/>",
    '<a b="1" b="2"/>',
    '<a b="1"c="2"/>',
    '<a b="<"/>',
    '<a b="&nope;"/>',
    '<a b="&"/>',
    "< a/>",
    "<a/ >",
    "<a>&nope;</a>",
    "<a>&AMP;</a>",
    "<a>a & b</a>",
    "<a>&#0;</a>",
    "<a>&#8;</a>",
    "<a>&#xD800;</a>",
    "<a>&#x110000;</a>",
    "<a>&#99999999;</a>",
    "<a>&#;</a>",
    "<a>&#xZZ;</a>",
    "<a>a < b</a>",
    "<a>]]></a>",
    "<a>\u0001</a>",
    "<a>\u0000</a>",
    "<a>\uffff</a>",
    "<a><!-- a -- b --></a>",
    "<a><!-- a --->1</a>",
    "<a><![CDATA[1</a>",
    "<a><?b</a>",
    "<![CDATA[1]]>",
    `<a>${DECLARATION}1</a>`,
    ` ${DECLARATION}<a>1</a>`,
    `${DECLARATION}${DECLARATION}<a>1</a>`,
  ])("is refused: %j", (document) => {
    expect(readXml(document)).toEqual(INVALID);
  });
});
