/** A table by routes below a path: `POST /earn` becomes `POST /base/earn`. */
export function onBase<T>(base: string, table: Readonly<Record<string, T>>): Record<string, T> {
  const entries = Object.entries(table);
  return Object.fromEntries(
    entries.map(([route, value]) => [route.replace(" ", ` ${base}`), value]),
  );
}
