/** The least a Worker can do. */
// biome-ignore lint/style/noDefaultExport: a Worker has no other way in.
export default {
  fetch: () => new Response("ok"),
} satisfies ExportedHandler;
