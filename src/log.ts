/** Where drizzle begins to tell a statement's parameters, of which any may hold anything. */
const PARAMS = "\nparams: ";

/**
 * Logs what nobody expected, once, as a line of JSON. `context` tells where: ids only, no personal
 * data. Drizzle puts SQL parameters at the end of its messages; they are cut.
 */
export function logFault(context: Readonly<Record<string, unknown>>, error: unknown): void {
  const text = error instanceof Error ? describe(error) : withoutParams(String(error));
  console.error(JSON.stringify({ level: "error", ...context, error: text }));
}

/** The message without parameters and the frames behind it: a stack repeats the whole message. */
function describe({ name, message, stack = "" }: Error): string {
  const at = stack.indexOf(message);
  if (at === -1) return withoutParams(`${name}: ${message}`);
  const [head, frames] = [stack.slice(0, at), stack.slice(at + message.length)];
  return `${head}${withoutParams(message)}${withoutParams(frames)}`;
}

function withoutParams(text: string): string {
  const at = text.indexOf(PARAMS);
  return at === -1 ? text : `${text.slice(0, at)}${PARAMS}…`;
}
