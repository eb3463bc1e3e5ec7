import type { KeyForm } from "../../services/access/key-texts.ts";
import { OWN_FORM } from "../../services/access/key-texts.ts";

/** Augmigo prescribes nothing of its keys. */
export const KEY_FORM: KeyForm = OWN_FORM;
