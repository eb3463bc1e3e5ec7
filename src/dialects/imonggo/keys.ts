import type { KeyForm } from "../../services/access/key-texts.ts";
import { randomText } from "../../services/access/key-texts.ts";

const LENGTH = 40;

/** Imonggo's tokens are hexadecimal; whoever signs in is told theirs again. */
export const KEY_FORM: KeyForm = {
  signed: false,
  shown: true,
  make: () => randomText(LENGTH, "0123456789abcdef"),
  fits: (text) => /^[0-9a-f]{40}$/.test(text),
};
