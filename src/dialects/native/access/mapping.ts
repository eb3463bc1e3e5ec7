import type * as z from "zod";
import type { KeyInput, NewKey, UsedKey } from "../../../services/access/keys.ts";
import type { StaffInput, StaffRow } from "../../../services/access/staff.ts";
import type { StaffChanges } from "../../../services/access/staff-changes.ts";
import { optionalTimeText, stampTexts } from "../mapping.ts";
import type { keyAnswer, newKeyAnswer, staffAnswer } from "./answers.ts";
import type { keySchema, staffPatchSchema, staffSchema } from "./schemas.ts";

export function toKeyInput(wire: z.output<ReturnType<typeof keySchema>>): KeyInput {
  return {
    name: wire.name,
    dialect: wire.dialect,
    mode: wire.mode ?? null,
    scopes: wire.scopes,
    text: wire.text ?? null,
    secret: wire.secret ?? null,
    staff: wire.staff ?? null,
    site: wire.site ?? null,
    unlimited: wire.unlimited,
    expiresAt: wire.expires_at ?? null,
  };
}

export function keyBody(row: UsedKey): z.input<typeof keyAnswer> {
  return {
    id: row.id,
    object: "key",
    name: row.name,
    dialect: row.dialect,
    mode: row.mode,
    scopes: row.scopes,
    hint: row.hint,
    staff: row.staffId,
    site: row.siteId,
    unlimited: row.unlimited,
    expires_at: optionalTimeText(row.expiresAt),
    revoked_at: optionalTimeText(row.revokedAt),
    last_used_at: optionalTimeText(row.lastUsedAt),
    rotated_from: row.rotatedFrom,
    ...stampTexts(row),
  };
}

export function newKeyBody(made: NewKey): z.input<typeof newKeyAnswer> {
  return { ...keyBody(made.row), text: made.text, secret: made.secret };
}

export function toStaffInput(wire: z.output<typeof staffSchema>): StaffInput {
  const { default_site: defaultSite = null, all_sites: allSites, number = null, ...who } = wire;
  return { ...who, defaultSite, allSites, number };
}

export function toStaffChanges(wire: z.output<typeof staffPatchSchema>): StaffChanges {
  const { name, password, scopes, sites, disabled } = wire;
  const places = { sites, defaultSite: wire.default_site, allSites: wire.all_sites };
  return { name, password, scopes, ...places, disabled };
}

export function staffBody(row: StaffRow): z.input<typeof staffAnswer> {
  return {
    id: row.id,
    object: "staff",
    number: row.number,
    username: row.username,
    name: row.name,
    sites: row.siteIds,
    all_sites: row.allSites,
    default_site: row.defaultSiteId,
    scopes: row.scopes,
    disabled_at: optionalTimeText(row.disabledAt),
    ...stampTexts(row),
  };
}
