import type { DemoVendor } from "./model.ts";

/** What a developer needs for a first request: credentials and commands to paste. */
export function welcome(
  vendors: readonly DemoVendor[],
  url: string,
  adminToken: string,
  now: Date,
): string {
  const sections = vendors.map((vendor) => {
    const requests = vendor
      .requests(url, now)
      .map(({ purpose, command }) => `${purpose}\n\n${command}\n`);
    return [`${vendor.name}\n${table(vendor.credentials)}\n`, ...requests].join("\n");
  });
  const native = table([
    ["native API", `${url}/loyalty/v1`, `Authorization: Bearer ${adminToken}`],
  ]);
  const { port } = new URL(url);
  const command = `${port === "8787" ? "" : `PORT=${port} `}npm run webhook-receiver`;
  const receiver = `See the events of these requests arrive, signed:\n\n${command}\n`;
  return [`${native}\n`, ...sections, receiver].join("\n");
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)),
    [],
  );
  const line = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
  return rows.map((row) => `  ${line(row).trimEnd()}`).join("\n");
}
