import type * as z from "zod";
import type {
  MembershipProgramInput,
  MembershipProgramRow,
  MembershipRecord,
} from "../../../services/memberships/memberships.ts";
import { stampTexts } from "../mapping.ts";
import type { membershipAnswer, membershipProgramAnswer } from "./answers.ts";
import type { membershipProgramSchema } from "./schemas.ts";

export function toProgramInput(
  wire: z.output<typeof membershipProgramSchema>,
): MembershipProgramInput {
  const { description = null, conditions = null, ...rest } = wire;
  return { ...rest, description, conditions };
}

export function programBody(row: MembershipProgramRow): z.input<typeof membershipProgramAnswer> {
  const { id, key, label, description, conditions, years } = row;
  const object = "membership_program";
  return { id, object, key, label, description, conditions, years, ...stampTexts(row) };
}

export function membershipBody(record: MembershipRecord): z.input<typeof membershipAnswer> {
  const { membership, program } = record;
  return {
    id: membership.id,
    object: "membership",
    customer: membership.customerId,
    program: program.key,
    label: program.label,
    entitled_on: membership.entitledOn,
    expires_on: membership.expiresOn,
    ...stampTexts(membership),
  };
}
