import { randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The deployment's admin token on a developer's machine; a deployed Worker never knows it. */
export const localAdminToken = "dev_admin_token";

const masterKeyFile = "master-keys.json";

/** The settings that a deployment gets as variables and secrets, for the local runtime. */
export async function localBindings(state: string): Promise<Record<string, string>> {
  return {
    GUERDON_ENVIRONMENT: "local",
    GUERDON_ADMIN_TOKEN: localAdminToken,
    // The local runtime counts no calls.
    GUERDON_SUBREQUESTS: "1000000",
    GUERDON_MASTER_KEYS: await masterKeys(state),
  };
}

/** Made once per state folder: what was encrypted under these keys must stay readable. */
async function masterKeys(state: string): Promise<string> {
  const path = join(state, masterKeyFile);
  const made = JSON.stringify({
    current: "1",
    keys: { "1": randomBytes(32).toString("base64") },
  });
  await mkdir(state, { recursive: true });
  try {
    await writeFile(path, made, { mode: 0o600, flag: "wx" });
    return made;
  } catch (error) {
    if (isAlreadyThere(error)) {
      return readFile(path, "utf8");
    }
    throw error;
  }
}

function isAlreadyThere(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EEXIST";
}
