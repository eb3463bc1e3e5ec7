import type { KeyForm } from "../../services/access/key-texts.ts";
import { randomText } from "../../services/access/key-texts.ts";

const LENGTH = 32;

/** Microgenn's keys begin with their mode, `mg_live_` or `mg_test_`. */
export const KEY_FORM: KeyForm = {
  signed: false,
  shown: false,
  make: (mode) => `mg_${mode}_${randomText(LENGTH)}`,
  fits: (text, mode) => new RegExp(`^mg_${mode}_[A-Za-z0-9_]{8,}$`).test(text),
};
