import { localAdminToken } from "../local-settings.ts";

export interface ImportOutcome {
  line: number;
  outcome: "created" | "unchanged" | "failed";
}

export interface NativeApi {
  /** Creates an object, unless it was there before. */
  create(path: string, body: object, merchant?: string): Promise<void>;
  /** The newest objects of a kind. */
  list(path: string, merchant: string): Promise<readonly Record<string, unknown>[]>;
  /** Sends one JSON object a line and returns what became of each. */
  importLines(path: string, lines: readonly object[], merchant: string): Promise<ImportOutcome[]>;
}

export function nativeApi(url: string, signal?: AbortSignal): NativeApi {
  const call = (path: string, merchant: string | undefined, init: RequestInit = {}) =>
    fetch(`${url}/loyalty/v1${path}`, {
      ...init,
      headers: {
        ...init.headers,
        Authorization: `Bearer ${localAdminToken}`,
        ...(merchant === undefined ? {} : { "Guerdon-Merchant": merchant }),
      },
      ...(signal === undefined ? {} : { signal }),
    });
  const post = (path: string, type: string, body: string, merchant?: string) =>
    call(path, merchant, { method: "POST", headers: { "Content-Type": type }, body });

  return {
    create: async (path, body, merchant) => {
      const answer = await post(path, "application/json", JSON.stringify(body), merchant);
      const text = await answer.text();
      if (answer.status !== 201 && !isAlreadyThere(answer.status, text)) {
        throw refusal(path, answer.status, text);
      }
    },
    list: async (path, merchant) => {
      const answer = await call(path, merchant);
      const text = await answer.text();
      if (!answer.ok) throw refusal(path, answer.status, text);
      return JSON.parse(text).data;
    },
    importLines: async (path, lines, merchant) => {
      const body = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
      const answer = await post(path, "application/x-ndjson", body, merchant);
      const text = await answer.text();
      if (answer.status !== 200) {
        throw refusal(path, answer.status, text);
      }
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map((line): ImportOutcome => JSON.parse(line));
    },
  };
}

function isAlreadyThere(status: number, problem: string): boolean {
  return status === 409 && JSON.parse(problem).code === "already_exists";
}

function refusal(path: string, status: number, text: string): Error {
  return new Error(`${path} was answered with ${status}: ${text}`);
}
