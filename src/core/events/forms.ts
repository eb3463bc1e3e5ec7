/**
 * The forms in which a webhook endpoint can get its events: what a delivery's body looks like and
 * how it is signed. `standard` is Standard Webhooks 1.0 around the event as the feed has it.
 */
export const WEBHOOK_FORMS = ["standard"] as const;

/** See {@link WEBHOOK_FORMS}. */
export type WebhookForm = (typeof WEBHOOK_FORMS)[number];
