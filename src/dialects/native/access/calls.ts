import { json } from "../../../http/calls.ts";
import { revokeKey, rotateKey } from "../../../services/access/key-changes.ts";
import type { KeyForm } from "../../../services/access/key-texts.ts";
import { createKey, getKey, pageKeys } from "../../../services/access/keys.ts";
import { createStaff, getStaff, pageStaff } from "../../../services/access/staff.ts";
import { changeStaff, endTokens } from "../../../services/access/staff-changes.ts";
import { call, list, mapped, NOTHING } from "../declarations.ts";
import { keyAnswer, newKeyAnswer, staffAnswer } from "./answers.ts";
import {
  keyBody,
  newKeyBody,
  staffBody,
  toKeyInput,
  toStaffChanges,
  toStaffInput,
} from "./mapping.ts";
import { keySchema, rotationSchema, staffPatchSchema, staffSchema } from "./schemas.ts";

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
  call({
    method: "GET",
    path: "/keys/:id",
    summary: "Shows a key, with when it was used last",
    scope: "write:keys",
    input: NOTHING,
    answer: json(keyAnswer),
    errors: ["not_found"],
    act: async (ctx, _, { path }) => mapped(await getKey(ctx, path.id ?? ""), keyBody),
  }),
  call({
    method: "POST",
    path: "/keys/:id/revoke",
    summary: "Revokes a key, and what persons signed in for with it",
    scope: "write:keys",
    input: NOTHING,
    answer: json(keyAnswer),
    errors: ["not_found", "site_not_allowed", "mode_mismatch"],
    act: async (ctx, _, { path }) => mapped(await revokeKey(ctx, path.id ?? ""), keyBody),
  }),
  call({
    method: "POST",
    path: "/keys/:id/rotate",
    summary: "Makes a key that follows another, and shows its texts this once",
    scope: "write:keys",
    input: rotationSchema,
    answer: json(newKeyAnswer),
    status: 201,
    errors: ["not_found", "site_not_allowed", "mode_mismatch", "key_ended"],
    async act(ctx, { overlap_seconds: seconds }, { path }) {
      return mapped(await rotateKey(ctx, path.id ?? "", 1_000 * seconds, forms), newKeyBody);
    },
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
  call({
    method: "GET",
    path: "/staff/:id",
    summary: "Shows a person who signs in",
    scope: "write:keys",
    input: NOTHING,
    answer: json(staffAnswer),
    errors: ["not_found"],
    act: async (ctx, _, { path }) => mapped(await getStaff(ctx, path.id ?? ""), staffBody),
  }),
  call({
    method: "PATCH",
    path: "/staff/:id",
    summary: "Changes a person; a new password or being disabled ends what was signed in for",
    scope: "write:keys",
    input: staffPatchSchema,
    answer: json(staffAnswer),
    errors: ["not_found", "site_not_allowed", "mode_mismatch", "customer_busy"],
    async act(ctx, wire, { path }) {
      return mapped(await changeStaff(ctx, path.id ?? "", toStaffChanges(wire)), staffBody);
    },
  }),
  call({
    method: "POST",
    path: "/staff/:id/end_tokens",
    summary: "Ends all that a person signed in for, and revokes the person's own keys",
    scope: "write:keys",
    input: NOTHING,
    answer: json(staffAnswer),
    errors: ["not_found", "site_not_allowed", "mode_mismatch", "customer_busy"],
    act: async (ctx, _, { path }) => mapped(await endTokens(ctx, path.id ?? ""), staffBody),
  }),
];
