import { createApp } from "./app.ts";

export { RateLimiter } from "./limits/object.ts";
export { Wallet } from "./wallet/object.ts";

const app = createApp();

export default {
  fetch: (request, env, ctx) => app.fetch(request, env, ctx),
} satisfies ExportedHandler<Env>;
