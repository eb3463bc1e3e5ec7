import type { Program } from "../program/program.ts";
import { standingFor } from "../program/tiers.ts";
import type { Draft } from "./draft.ts";
import { book } from "./draft.ts";
import type { Head } from "./entries.ts";
import { holdingOf } from "./entries.ts";

/** Lifetime points decide the tier; a change is a line of its own. */
export function bookTierChange(draft: Draft): void {
  const { program } = draft.request;
  const { tier } = standingFor(program, holdingOf(draft.head, "point").earned);
  if (tier === heldTier(draft.head, program)) return;
  book(draft, { kind: "tier", unit: "point", lots: [], head: { tier } });
}

/** A wallet that has never changed its tier is in the lowest. */
export function heldTier(head: Head, program: Program): string | null {
  return head.tier ?? program.tiers[0]?.name ?? null;
}
