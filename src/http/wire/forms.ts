import type { LoyaltyError } from "../../core/errors.ts";
import type { Result } from "../../core/result.ts";
import { err, ok } from "../../core/result.ts";
import type { Fields } from "./fields.ts";

/** Parts of one field's name; no request has half as many. */
const MAX_PARTS = 8;
/** `name[part][part]…`; any other name is a field's as it stands. */
const BRACKETED = /^([^[\]]+)((?:\[[^[\]]*\])+)$/;
const PART = /\[([^[\]]*)\]/g;

/** A list or an object in the making: lists have numbers for names. */
type Node = Map<string, Node | string>;

/**
 * Parses a form whose names may say where a value belongs, as clients write lists and objects:
 * `a[]=1&a[]=2`, `a[0][b]=1`, `a[][b]=1&a[][c]=2` (one item until a name comes again). Of what is
 * named twice the first value counts. `invalid_json` where one name is a value and holds others, or
 * is too deep.
 */
export function parseNestedForm(text: string): Result<Fields, LoyaltyError> {
  const root: Node = new Map();
  for (const [name, value] of new URLSearchParams(text)) {
    const parts = partsOf(name);
    if (parts.length > MAX_PARTS || !place(root, parts, value))
      return err({ code: "invalid_json" });
  }
  return ok(toFields(root));
}

function partsOf(name: string): readonly string[] {
  const [, first, rest = ""] = BRACKETED.exec(name) ?? [];
  if (first === undefined) return [name];
  return [first, ...Array.from(rest.matchAll(PART), ([, part = ""]) => part)];
}

/** Puts a value where its name says; whether there is room for it. */
function place(root: Node, parts: readonly string[], value: string): boolean {
  let node = root;
  for (const [depth, part] of parts.entries()) {
    const rest = parts.slice(depth + 1);
    const name = part === "" && depth > 0 ? nextItem(node, rest) : part;
    const held = node.get(name);
    if (rest.length === 0) {
      if (held === undefined) node.set(name, value);
      return typeof held !== "object";
    }
    if (typeof held === "string") return false;
    const inner: Node = held ?? new Map();
    node.set(name, inner);
    node = inner;
  }
  return true;
}

/** Where `[]` points: the last item while it lacks what follows, or else a new one. */
function nextItem(list: Node, [inner]: readonly string[]): string {
  const last = list.get(String(list.size - 1));
  const goesOn = inner !== undefined && inner !== "" && typeof last === "object";
  return String(goesOn && !last.has(inner) ? list.size - 1 : list.size);
}

function toFields(node: Node): Fields {
  // Without a prototype: a field named __proto__ must not hand others down.
  const fields: Record<string, unknown> = Object.create(null);
  for (const [name, value] of node) fields[name] = toValue(value);
  return fields;
}

function toValue(node: Node | string): unknown {
  if (typeof node === "string") return node;
  const names = [...node.keys()];
  if (!names.every((name) => /^\d{1,6}$/.test(name))) return toFields(node);
  const items = [...node].sort(([one], [other]) => Number(one) - Number(other));
  return items.map(([, item]) => toValue(item));
}
