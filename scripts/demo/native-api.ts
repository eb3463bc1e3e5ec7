import { localAdminToken } from "../local-settings.ts";

export interface ImportOutcome {
  line: number;
  outcome: "created" | "unchanged" | "failed";
}

export interface NativeApi {
  /** Creates an object, unless it was there before. */
  create(path: string, body: object, merchant?: string): Promise<void>;
  /** Sends one JSON object a line and returns what became of each. */
  importLines(path: string, lines: readonly object[], merchant: string): Promise<ImportOutcome[]>;
}

export function nativeApi(url: string, signal?: AbortSignal): NativeApi {
  const post = (path: string, type: string, body: string, merchant?: string) =>
    fetch(`${url}/loyalty/v1${path}`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${localAdminToken}`,
        "Content-Type": type,
        ...(merchant === undefined ? {} : { "Guerdon-Merchant": merchant }),
      },
      body,
      ...(signal === undefined ? {} : { signal }),
    });

  return {
    create: async (path, body, merchant) => {
      const answer = await post(path, "application/json", JSON.stringify(body), merchant);
      const text = await answer.text();
      if (answer.status !== 201 && !isAlreadyThere(answer.status, text)) {
        throw refusal(path, answer.status, text);
      }
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
  return new Error(`POST ${path} was answered with ${status}: ${text}`);
}
