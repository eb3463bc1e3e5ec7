import type { Principal } from "../context.ts";

/** Whether answers to the principal hide the personal data of real customers. */
export function hidesPersonalData({ mode, merchant }: Principal): boolean {
  return mode === "test" && !merchant.unmasked;
}

/** The first letter of each word and `***`: `Ravi Kumar` is `R*** K***`. */
export function maskWords(text: string): string {
  const words = text.split(/\s+/).filter((word) => word !== "");
  return words.map((word) => `${[...word][0] ?? ""}***`).join(" ");
}
