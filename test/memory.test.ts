import { describe, expect, it } from "vitest";
import { Findings, forgetAll, Memory } from "../src/memory.ts";

const NOW = 1_000_000;

describe("a memory", () => {
  it("knows nothing that it was not told", () => {
    expect(new Memory<string>(10).recall("a", NOW)).toBeUndefined();
  });

  it("keeps a value up to its moment and not at it", () => {
    const memory = new Memory<string>(10);
    memory.remember("a", "x", NOW);
    expect(memory.recall("a", NOW - 1)).toBe("x");
    expect(memory.recall("a", NOW)).toBeUndefined();
    expect(memory.recall("b", NOW - 1)).toBeUndefined();
  });

  it("keeps a value without a moment for good", () => {
    const memory = new Memory<string>(10);
    memory.remember("a", "x");
    expect(memory.recall("a", Number.MAX_SAFE_INTEGER)).toBe("x");
  });

  it("tells what is known to be nothing from what is not known", () => {
    const memory = new Memory<string | null>(10);
    memory.remember("a", null, NOW);
    expect(memory.recall("a", NOW - 1)).toBeNull();
    expect(memory.recall("a", NOW)).toBeUndefined();
  });

  it("answers what it was told last", () => {
    const memory = new Memory<string>(10);
    expect(memory.remember("a", "x", NOW + 1)).toBe("x");
    expect(memory.remember("a", "y", NOW + 2)).toBe("y");
    expect(memory.recall("a", NOW + 1)).toBe("y");
  });

  it("never holds more than its limit, and starts anew at it", () => {
    const memory = new Memory<number>(3);
    for (const value of [1, 2, 3]) memory.remember(String(value), value);
    expect(["1", "2", "3"].map((name) => memory.recall(name, NOW))).toEqual([1, 2, 3]);
    memory.remember("4", 4);
    expect(["1", "2", "3", "4"].map((name) => memory.recall(name, NOW))).toEqual([
      undefined,
      undefined,
      undefined,
      4,
    ]);
  });

  it("forgets the values that are named, whatever their names", () => {
    const memory = new Memory<string>(10);
    memory.remember("a", "x");
    memory.remember("b", "y");
    memory.remember("c", "x");
    memory.forgetWhere((value) => value === "x");
    expect(["a", "b", "c"].map((name) => memory.recall(name, NOW))).toEqual([
      undefined,
      "y",
      undefined,
    ]);
  });

  it("forgets by itself nothing of another", () => {
    const [one, other] = [new Memory<string>(10), new Memory<string>(10)];
    one.remember("a", "x");
    other.remember("a", "y");
    one.forget();
    expect(one.recall("a", NOW)).toBeUndefined();
    expect(other.recall("a", NOW)).toBe("y");
  });

  it("forgets with all others at once, and can be told again", () => {
    const memories = [new Memory<string>(10), new Memory<string>(10)];
    for (const memory of memories) memory.remember("a", "x");
    forgetAll();
    expect(memories.map((memory) => memory.recall("a", NOW))).toEqual([undefined, undefined]);
    for (const memory of memories) memory.remember("a", "x");
    expect(memories.map((memory) => memory.recall("a", NOW))).toEqual(["x", "x"]);
  });
});

describe("findings", () => {
  it("keep what was found, however many names are made up", () => {
    const findings = new Findings<string>(10);
    findings.remember("a", "x", NOW);
    for (let i = 0; i < 100; i += 1) findings.remember(`made-up-${i}`, null, NOW);
    expect(findings.recall("a", NOW - 1)).toBe("x");
    expect(findings.recall("made-up-99", NOW - 1)).toBeNull();
    expect(findings.recall("made-up-0", NOW - 1)).toBeUndefined();
  });

  it("remember that there was something, until there is nothing any more", () => {
    const findings = new Findings<string>(10);
    findings.remember("a", "x", NOW);
    expect([findings.recall("a", NOW), findings.knew("a")]).toEqual([undefined, true]);
    findings.remember("a", null, NOW + 1);
    expect([findings.recall("a", NOW), findings.knew("a")]).toEqual([null, false]);
    findings.remember("a", "y", NOW + 2);
    expect(findings.recall("a", NOW)).toBe("y");
    findings.forgetWhere((value) => value === "y");
    expect(findings.knew("a")).toBe(false);
  });
});
