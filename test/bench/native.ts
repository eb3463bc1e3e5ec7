import { localAdminToken } from "../../scripts/local-settings.ts";

/** Calls the native API as the deployment's admin, for one merchant. */
export async function callNative<T>(
  url: string,
  slug: string,
  path: string,
  body?: object,
): Promise<T> {
  const answer = await fetch(`${url}/loyalty/v1${path}`, {
    headers: {
      Authorization: `Bearer ${localAdminToken}`,
      "Guerdon-Merchant": slug,
      "Content-Type": "application/json",
    },
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}: ${text}`);
  return JSON.parse(text);
}
