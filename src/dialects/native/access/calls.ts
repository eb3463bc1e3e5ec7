import { json } from "../../../http/calls.ts";
import type { KeyForm } from "../../../services/access/key-texts.ts";
import { createKey, pageKeys } from "../../../services/access/keys.ts";
import { createStaff, pageStaff } from "../../../services/access/staff.ts";
import { call, list, mapped } from "../declarations.ts";
import { keyAnswer, newKeyAnswer, staffAnswer } from "./answers.ts";
import { keyBody, newKeyBody, staffBody, toKeyInput, toStaffInput } from "./mapping.ts";
import { keySchema, staffSchema } from "./schemas.ts";

/** What the keys of each dialect look like, by the dialect's name. */
export type KeyForms = Readonly<Record<string, KeyForm>>;

/** API keys of every dialect. */
export const keyCalls = (forms: KeyForms) => [
  call({
    method: "POST",
    path: "/keys",
    summary: "Makes a key, and shows its texts this once",
    scope: "write:keys",
    input: keySchema(Object.keys(forms)),
    answer: json(newKeyAnswer),
    status: 201,
    errors: ["not_found", "already_exists", "site_not_allowed", "mode_mismatch"],
    async act(ctx, wire) {
      const form = forms[wire.dialect];
      if (form === undefined) throw new Error(`no form of keys for ${wire.dialect}`);
      return mapped(await createKey(ctx, toKeyInput(wire), form), newKeyBody);
    },
  }),
  list({
    path: "/keys",
    summary: "Lists the merchant's keys, newest first",
    scope: "write:keys",
    item: keyAnswer,
    errors: [],
    read: pageKeys,
    show: keyBody,
  }),
];

/** Persons who sign in. */
export const STAFF_CALLS = [
  call({
    method: "POST",
    path: "/staff",
    summary: "Adds a person who signs in",
    scope: "write:keys",
    input: staffSchema,
    answer: json(staffAnswer),
    status: 201,
    errors: ["not_found", "already_exists", "site_not_allowed"],
    act: async (ctx, wire) => mapped(await createStaff(ctx, toStaffInput(wire)), staffBody),
  }),
  list({
    path: "/staff",
    summary: "Lists the merchant's staff, newest first",
    scope: "write:keys",
    item: staffAnswer,
    errors: [],
    read: pageStaff,
    show: staffBody,
  }),
];
