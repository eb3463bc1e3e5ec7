import type { WebhookForm } from "../../core/events/forms.ts";
import type { Form } from "./form.ts";
import { standard } from "./standard.ts";

/** Every form by the name that an endpoint's configuration has. */
export const FORMS: Readonly<Record<WebhookForm, Form>> = { standard };
