import { describe, expect, it } from "vitest";
import { signatureHeaders } from "../../../src/core/standard-webhooks.ts";
import { standard } from "../../../src/webhooks/forms/standard.ts";
import { SECRET } from "../../support/webhooks.ts";

const OTHER = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";
const ID = "evt_01K3Q8Z0V4N6W2R8T0Y5B7D9FA";
const BODY =
  '{"type":"points.earned","timestamp":"2026-09-01T12:00:00.000Z","data":{"points":120}}';

describe("the standard form", () => {
  it("posts the event as it is, as JSON, with its signature", async () => {
    const at = 1_788_264_000_000;
    const { body, headers } = await standard({ id: ID, body: BODY, at }, [OTHER, SECRET]);
    expect(body).toBe(BODY);
    expect(headers).toEqual({
      "Content-Type": "application/json",
      ...(await signatureHeaders([OTHER, SECRET], ID, at, BODY)),
    });
  });
});
