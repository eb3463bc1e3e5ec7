import { createApp } from "./app.ts";
import { sweep } from "./events/sweep.ts";
import { finishInvoices } from "./services/purchases/sweep.ts";

export { Projector } from "./events/projector.ts";
export { Sweeper } from "./events/sweeper.ts";
export { RateLimiter } from "./limits/object.ts";
export { OneTimePassword } from "./otp/object.ts";
export { Wallet } from "./wallet/object.ts";
export { WebhookEndpoint } from "./webhooks/object.ts";

const app = createApp();

export default {
  fetch: (request, env, ctx) => app.fetch(request, env, ctx),
  scheduled: (_controller, env, ctx) => {
    ctx.waitUntil(sweep(env));
    ctx.waitUntil(finishInvoices(env, Date.now()));
  },
} satisfies ExportedHandler<Env>;
