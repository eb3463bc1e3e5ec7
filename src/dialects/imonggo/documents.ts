import type { Resource } from "../../http/documents.ts";
import { documents } from "../../http/documents.ts";

/** Documents as Imonggo writes them. */
export const { one, many, texts } = documents({
  declaration: '<?xml version="1.0" encoding="UTF-8"?>\n',
  nil: ' nil="true"',
  array: ' type="array"',
  /** At least one digit behind the point, and no zeros that say nothing. */
  decimal(decimal) {
    const [whole = "", fraction = ""] = decimal.split(".");
    return `${whole}.${fraction.replace(/0+$/, "") || "0"}`;
  },
  /** UTC: `YYYY-MM-DDTHH:MM:SSZ`, in JSON `YYYY/MM/DD HH:MM:SS +0000`. */
  moment(moment, format) {
    const seconds = new Date(moment).toISOString().slice(0, 19);
    if (format === "xml") return `${seconds}Z`;
    return `${seconds.replaceAll("-", "/").replace("T", " ")} +0000`;
  },
});

/** How many records there are. */
export const COUNT: Resource<{ readonly count: number }> = {
  element: "hash",
  list: "hashes",
  typed: true,
  fields: [{ name: "count", kind: "integer", of: ({ count }) => count }],
};
