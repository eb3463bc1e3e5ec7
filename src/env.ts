/** What a deployment sets, read once per Env. */
export interface Settings {
  /** `local` is a developer's machine: it may hold demo data and talk plain HTTP. */
  readonly environment: "local" | "production";
  /** The deployment's admin token; null when none is set, and then nobody is admin. */
  readonly adminToken: string | null;
  /** Keys that encrypt secrets at rest. */
  readonly masterKeys: MasterKeys;
  /** How long a wallet gathers entries before it publishes them, in milliseconds. */
  readonly publishDelayMs: number;
  /** Whether webhooks may go to this machine over plain HTTP: for development. */
  readonly webhookLoopback: boolean;
  /** How far a KiriMel timestamp may be off, in milliseconds; 0 turns the check off. */
  readonly kirimelWindowMs: number;
  /** Whether KiriMel error bodies repeat their message at top level, as its SDKs read it. */
  readonly kirimelTopLevelMessage: boolean;
  /** Whether Augmigo's endpoints that document 500 for a faulty request answer 400 instead. */
  readonly augmigoFailures: "documented" | "400";
  /** Calls to storage that the platform lets one request make. */
  readonly subrequests: number;
  /** N of scrypt for new passwords. */
  readonly passwordCost: number;
}

declare global {
  interface Env {
    /** Cheap passwords for tests; wrangler.toml does not know it, since no deployment may. */
    readonly GUERDON_PASSWORD_COST?: string;
  }
}

/** AES-256 keys by version, base64; `current` names the one that encrypts. */
export interface MasterKeys {
  readonly current: string;
  readonly keys: Readonly<Record<string, string>>;
}

/**
 * N of scrypt where passwords protect somebody: 2^14, with r=8 16 MiB and some 50 ms, inside the
 * limits of Workers.
 */
export const PASSWORD_COST = 16_384;

/** Shortest admin token that a deployment accepts; a guessable one is as good as none. */
export const MIN_ADMIN_TOKEN = 32;

const DEFAULT_WINDOW_SECONDS = 300;
const DEFAULT_PUBLISH_DELAY_MS = 200;
/** What Cloudflare's paid plan gives unless told otherwise. */
const DEFAULT_SUBREQUESTS = 10_000;

const cache = new WeakMap<Env, Settings>();

/** The settings of an Env. Throws, naming the variable, when one is unusable. */
export function settingsOf(env: Env): Settings {
  const known = cache.get(env);
  if (known !== undefined) return known;
  const settings = readSettings(env);
  cache.set(env, settings);
  return settings;
}

function readSettings(env: Env): Settings {
  const environment = env.GUERDON_ENVIRONMENT === "local" ? "local" : "production";
  const token = env.GUERDON_ADMIN_TOKEN ?? "";
  const usable = environment === "local" ? token !== "" : token.length >= MIN_ADMIN_TOKEN;
  return {
    environment,
    adminToken: usable ? token : null,
    masterKeys: readMasterKeys(env.GUERDON_MASTER_KEYS),
    publishDelayMs: readWhole(env, "GUERDON_PUBLISH_DELAY_MS", DEFAULT_PUBLISH_DELAY_MS),
    webhookLoopback: environment === "local",
    kirimelWindowMs:
      1_000 * readWhole(env, "GUERDON_KIRIMEL_WINDOW_SECONDS", DEFAULT_WINDOW_SECONDS),
    kirimelTopLevelMessage: env.GUERDON_KIRIMEL_TOP_LEVEL_MESSAGE === "on",
    augmigoFailures: readAugmigoFailures(env.GUERDON_AUGMIGO_VALIDATION_STATUS),
    subrequests: readWhole(env, "GUERDON_SUBREQUESTS", DEFAULT_SUBREQUESTS),
    passwordCost: environment === "local" ? readPasswordCost(env) : PASSWORD_COST,
  };
}

/** What scrypt takes for N (RFC 7914 §2): a power of 2, more than 1. */
function readPasswordCost(env: Env): number {
  const cost = readWhole(env, "GUERDON_PASSWORD_COST", PASSWORD_COST);
  if (cost > 1 && Number.isInteger(Math.log2(cost))) return cost;
  throw new Error("GUERDON_PASSWORD_COST must be a power of 2, at least 2");
}

function readMasterKeys(text: string | undefined): MasterKeys {
  if (text === undefined) throw new Error("the secret GUERDON_MASTER_KEYS is not set");
  const keys = parseKeys(text);
  if (typeof keys?.keys?.[keys.current] !== "string") {
    throw new Error("the secret GUERDON_MASTER_KEYS has no current key");
  }
  return keys;
}

/** What JSON.parse says of a text quotes it, and this one is secret. */
function parseKeys(text: string): MasterKeys | null {
  try {
    return JSON.parse(text) as MasterKeys;
  } catch {
    throw new Error("the secret GUERDON_MASTER_KEYS is no JSON");
  }
}

function readAugmigoFailures(text: string | undefined): Settings["augmigoFailures"] {
  if (text === undefined || text === "" || text === "documented") return "documented";
  if (text === "400") return text;
  throw new Error("GUERDON_AUGMIGO_VALIDATION_STATUS must be documented or 400");
}

function readWhole(env: Env, name: keyof Env & string, fallback: number): number {
  const text = env[name];
  if (typeof text !== "string" || text === "") return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new Error(`${name} must be a whole number`);
  return value;
}
