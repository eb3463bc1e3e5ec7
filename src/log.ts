/**
 * Logs what nobody expected, once, as a line of JSON. `context` tells where: ids only, no personal
 * data. Drizzle puts SQL parameters into its messages; they are cut.
 */
export function logFault(context: Readonly<Record<string, unknown>>, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const withoutData = text.replaceAll(/\nparams: .*/g, "\nparams: …");
  console.error(JSON.stringify({ level: "error", ...context, error: withoutData }));
}
