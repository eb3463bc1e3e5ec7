import type { KeyForm } from "../../services/access/key-texts.ts";
import { OWN_FORM } from "../../services/access/key-texts.ts";

/** KiriMel's keys sign each request with a secret beside them. */
export const KEY_FORM: KeyForm = { ...OWN_FORM, signed: true };
