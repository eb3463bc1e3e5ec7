import { describe, expect, it } from "vitest";
import type { Guard } from "../../src/core/ledger/commands.ts";
import type { Owner } from "../../src/wallet/rows.ts";
import { earn, redeem } from "../support/requests.ts";
import {
  balanceOf,
  book,
  booked,
  clientOf,
  dumpOf,
  entriesOf,
  idempotencyKey,
  reference,
  refusal,
  request,
  rowsOf,
  START,
  signature,
  someOwner,
  useClock,
} from "../support/wallet.ts";

const clock = useClock();

const EARN = "POST /points/earn";
const REDEEM = "POST /points/redeem";
const KEEP = signature("").keepMs;

/** Ways in which a signature comes to be used on {@link EARN}; the wallet then holds 1 000. */
const uses: Readonly<Record<string, (owner: Owner) => Promise<unknown>>> = {
  "a command with a reference": async (owner) => {
    await book(owner, earn(1_000), { guard: signature("s", EARN), reference: reference("R1") });
  },
  "a command without a reference": async (owner) => {
    await book(owner, earn(1_000), { guard: signature("s", EARN) });
  },
  "a refused command": async (owner) => {
    await book(owner, earn(1_000));
    const body = request(redeem(9_999), { guard: signature("s", EARN) });
    refusal(await clientOf(owner).execute("live", body));
  },
  "a refused command with a reference": async (owner) => {
    await book(owner, earn(1_000));
    const keys = { guard: signature("s", EARN), reference: reference("R1", "redeem") };
    refusal(await clientOf(owner).execute("live", request(redeem(9_999), keys)));
  },
  "a repeat by reference": async (owner) => {
    await book(owner, earn(1_000), { guard: signature("first"), reference: reference("R1") });
    await book(owner, earn(1_000), { guard: signature("s", EARN), reference: reference("R1") });
  },
  "a reused reference": async (owner) => {
    await book(owner, earn(1_000), { reference: reference("R1") });
    const keys = { guard: signature("s", EARN), reference: reference("R1", "earn", "other") };
    refusal(await clientOf(owner).execute("live", request(earn(1), keys)));
  },
  "a binding without a command": async (owner) => {
    await book(owner, earn(1_000));
    expect(await clientOf(owner).bind("live", signature("s", EARN))).toBeNull();
  },
};

describe.each(Object.entries(uses))("a signature that was used by %s", (name, use) => {
  /** The signed bytes hold the reference or they do not, whatever path they are sent to. */
  const signedReference = name.includes("reference") && !name.includes("without");

  it("is refused on another path, and nothing is written", async () => {
    const owner = someOwner();
    await use(owner);
    const before = await dumpOf(owner);
    const body = request(redeem(10), {
      guard: signature("s", REDEEM),
      reference: signedReference ? reference("R1", "redeem") : null,
    });
    const error = refusal(await clientOf(owner).execute("live", body));
    expect(error).toEqual({ code: "signature_reused" });
    expect(await dumpOf(owner)).toBe(before);
    expect(await balanceOf(owner)).toBe(1_000);
  });

  it("holds for its time after which the bytes are stale anyway", async () => {
    const owner = someOwner();
    await use(owner);
    const elsewhere = request(redeem(10), {
      guard: signature("s", REDEEM),
      reference: signedReference ? reference("R1", "redeem") : null,
    });
    clock.now = START + KEEP - 1;
    expect(refusal(await clientOf(owner).execute("test", elsewhere)).code).toBe("signature_reused");
    clock.now = START + KEEP;
    expect(booked(await clientOf(owner).execute("live", elsewhere)).repeated).toBe(false);
  });
});

describe("a signature", () => {
  it("answers again what it answered first on the same path, without a reference", async () => {
    const owner = someOwner();
    const body = request(earn(100), { guard: signature("s") });
    const first = booked(await clientOf(owner).execute("live", body)).receipt;
    await book(owner, earn(5));
    const before = await dumpOf(owner);
    const again = await clientOf(owner).execute("live", { ...body, id: request(earn(1)).id });
    expect(again).toEqual({ ok: true, value: { receipt: first, repeated: true } });
    expect(await dumpOf(owner)).toBe(before);
  });

  it("may be used anew once its time is over, and is then bound anew", async () => {
    const owner = someOwner();
    const body = request(earn(100), { guard: signature("s", EARN) });
    await clientOf(owner).execute("live", body);
    clock.now += KEEP;
    expect(booked(await clientOf(owner).execute("live", body)).repeated).toBe(false);
    clock.now += KEEP - 1;
    expect(booked(await clientOf(owner).execute("live", body)).repeated).toBe(true);
    expect(await balanceOf(owner)).toBe(200);
  });

  it("may be tried again on its path after a refusal", async () => {
    const owner = someOwner();
    const body = request(redeem(100), { guard: signature("s", REDEEM) });
    expect(refusal(await clientOf(owner).execute("live", body)).code).toBe("insufficient_balance");
    await book(owner, earn(100));
    expect(booked(await clientOf(owner).execute("live", body)).repeated).toBe(false);
    expect(booked(await clientOf(owner).execute("live", body)).repeated).toBe(true);
    expect(await balanceOf(owner)).toBe(0);
  });

  it("may be bound as often as it is sent to its path", async () => {
    const owner = someOwner();
    const { bind } = clientOf(owner);
    for (let tries = 0; tries < 3; tries += 1) {
      expect(await bind("live", signature("s", EARN))).toBeNull();
    }
    expect(await bind("live", signature("s", REDEEM))).toEqual({ code: "signature_reused" });
    expect(await rowsOf(owner, "SELECT guard_key FROM refusals")).toHaveLength(1);
  });

  it.each([null, reference("R1")])(
    "that booked a command with reference %j cannot be bound to another path",
    async (given) => {
      const owner = someOwner();
      await book(owner, earn(100), { guard: signature("s", EARN), reference: given });
      for (let i = 0; i < 20; i += 1) await book(owner, earn(1));
      const { bind } = clientOf(owner);
      const elsewhere = signature("s", REDEEM);
      expect(await bind("live", elsewhere)).toEqual({ code: "signature_reused" });
      expect(await bind("live", signature("s", EARN))).toBeNull();
      clock.now += KEEP;
      expect(await bind("live", elsewhere)).toBeNull();
    },
  );

  it("is no other signature's business", async () => {
    const owner = someOwner();
    await book(owner, earn(100), { guard: signature("one", EARN) });
    await book(owner, redeem(10), { guard: signature("other", REDEEM) });
    expect(await balanceOf(owner)).toBe(90);
  });
});

describe("an idempotency key", () => {
  it("answers the first outcome again, with and without a reference", async () => {
    const owner = someOwner();
    for (const given of [null, reference("R1")]) {
      const guard = idempotencyKey(`key ${given?.key}`);
      const first = await book(owner, earn(100), { guard, reference: given });
      await book(owner, earn(1));
      const again = await book(owner, earn(100), { guard, reference: given });
      expect(again).toEqual(first);
    }
    expect(await balanceOf(owner)).toBe(202);
  });

  it("is refused with other content, whether it booked, was refused or repeated", async () => {
    const owner = someOwner();
    await book(owner, earn(100), { guard: idempotencyKey("booked"), reference: reference("R1") });
    await book(owner, earn(100), { guard: idempotencyKey("again"), reference: reference("R1") });
    const much = request(redeem(9_999), { guard: idempotencyKey("refused") });
    await clientOf(owner).execute("live", much);
    const before = await dumpOf(owner);
    for (const key of ["booked", "again", "refused"]) {
      const body = request(earn(7), { guard: idempotencyKey(key, "other content") });
      const error = refusal(await clientOf(owner).execute("live", body));
      expect(error, key).toEqual({ code: "idempotency_key_reused" });
    }
    expect(await dumpOf(owner)).toBe(before);
  });

  it("repeats a refusal even when the command could succeed by now", async () => {
    const owner = someOwner();
    await book(owner, earn(50));
    const body = request(redeem(100), { guard: idempotencyKey("k") });
    const first = refusal(await clientOf(owner).execute("live", body));
    await book(owner, earn(500));
    expect(refusal(await clientOf(owner).execute("live", body))).toEqual(first);
    expect(first).toMatchObject({ code: "insufficient_balance", requested: 100, available: 50 });
    expect(await balanceOf(owner)).toBe(550);
  });

  it("repeats the refusal of a reused reference", async () => {
    const owner = someOwner();
    await book(owner, earn(100), { reference: reference("R1") });
    const keys = { guard: idempotencyKey("k"), reference: reference("R1", "earn", "other") };
    const error = { code: "reference_reused", reference: "R1" };
    expect(refusal(await clientOf(owner).execute("live", request(earn(1), keys)))).toEqual(error);
    const alone = request(earn(1), { guard: idempotencyKey("k") });
    expect(refusal(await clientOf(owner).execute("live", alone))).toEqual(error);
  });

  it("is forgotten after its time: refusal and booking are decided anew", async () => {
    const owner = someOwner();
    const spend = request(redeem(100), { guard: idempotencyKey("spend") });
    const gain = request(earn(100), { guard: idempotencyKey("gain") });
    await clientOf(owner).execute("live", spend);
    await clientOf(owner).execute("live", gain);
    clock.now += spend.guard?.keepMs ?? 0;
    expect(booked(await clientOf(owner).execute("live", spend)).repeated).toBe(false);
    expect(booked(await clientOf(owner).execute("live", gain)).repeated).toBe(false);
    expect(booked(await clientOf(owner).execute("live", gain)).repeated).toBe(true);
    expect(await entriesOf(owner)).toHaveLength(3);
  });
});

describe("what is kept of refusals", () => {
  async function refuse(owner: Owner, guard: Guard): Promise<void> {
    refusal(await clientOf(owner).execute("live", request(redeem(1), { guard })));
  }

  it("is nothing for a command without a guard", async () => {
    const owner = someOwner();
    refusal(await clientOf(owner).execute("live", request(redeem(1))));
    expect(await rowsOf(owner, "SELECT * FROM refusals")).toEqual([]);
  });

  it("is swept away by later ones once its time is over", async () => {
    const owner = someOwner();
    for (let i = 0; i < 25; i += 1) await refuse(owner, signature(`early ${i}`));
    await refuse(owner, idempotencyKey("holds longer"));
    clock.now += KEEP;
    const left: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      await refuse(owner, signature(`late ${i}`));
      left.push((await rowsOf(owner, "SELECT * FROM refusals")).length);
    }
    expect(left).toEqual([17, 8, 4, 5]);
    const keys = await rowsOf(owner, "SELECT guard_key FROM refusals ORDER BY guard_key");
    expect(keys.map((row) => row.guard_key)).toEqual([
      "key/holds longer",
      ...[0, 1, 2, 3].map((i) => `signature/late ${i}`),
    ]);
  });

  it("is not swept away before its time", async () => {
    const owner = someOwner();
    await refuse(owner, signature("early"));
    clock.now += KEEP - 1;
    await refuse(owner, signature("late"));
    expect(await rowsOf(owner, "SELECT * FROM refusals")).toHaveLength(2);
  });
});
