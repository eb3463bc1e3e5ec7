import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { BodyOf } from "../../src/http/calls.ts";
import { EMPTY, either, json, WHOLE } from "../../src/http/calls.ts";

describe("an answer that is one of several", () => {
  const answer = either({
    count: { schema: z.int(), write: (count: number, format) => `${format} ${count}` },
    names: json(z.array(z.string())),
    nothing: EMPTY,
  });

  it("is written as the one that the act names", () => {
    const count: BodyOf<typeof answer> = { as: "count", body: 3 };
    expect(answer.write(count, "xml")).toBe("xml 3");
    expect(answer.write({ as: "names", body: ["A"] }, "json")).toEqual(["A"]);
    expect(answer.write({ as: "nothing", body: null }, "json")).toBeNull();
  });

  it("takes no other body than that one's", () => {
    // @ts-expect-error: names are no count.
    const wrong: BodyOf<typeof answer> = { as: "count", body: ["A"] };
    expect(wrong.as).toBe("count");
  });

  it("is described as any of them that there is JSON of", () => {
    const { schema } = answer;
    expect(schema?.safeParse(3).success).toBe(true);
    expect(schema?.safeParse(["A"]).success).toBe(true);
    expect(schema?.safeParse("A").success).toBe(false);
    expect(either({ nothing: EMPTY, whole: WHOLE }).schema).toBeNull();
  });
});
