import type { KeyForm } from "../../services/access/key-texts.ts";
import { OWN_FORM } from "../../services/access/key-texts.ts";

/** Keys of our own API. */
export const KEY_FORM: KeyForm = OWN_FORM;
