import { env } from "cloudflare:workers";
import * as fc from "fast-check";
import { it } from "vitest";
import { migrate } from "../../../src/wallet/migrator.ts";
import { inside, START, someOwner, useClock } from "../../support/wallet.ts";
import { modelPrograms } from "./calls.ts";
import type { Real, Story } from "./commands.ts";
import { expectSound, lives } from "./commands.ts";
import { ModelWallet } from "./wallet.ts";

declare global {
  namespace Cloudflare {
    interface Env {
      /** How many lives of a wallet to compare. */
      GUERDON_MODEL_RUNS: string;
      /** That of a run that failed; empty: a new one. */
      GUERDON_MODEL_SEED: string;
    }
  }
}

const clock = useClock();

const runs = Number(env.GUERDON_MODEL_RUNS || "200");
const seed = Number(env.GUERDON_MODEL_SEED || Date.now() % 2 ** 31);

/** Time enough for a failure to be made small; then it is told as it is. */
const limit = 60_000 + runs * 300;

it("a wallet does what the plain model says", { timeout: limit + 30_000 }, async () => {
  const life = fc.asyncProperty(modelPrograms, lives, async (program, steps) => {
    clock.now = START;
    const model: Story = {
      model: new ModelWallet(program, START),
      sent: [],
      receipts: [],
      published: 0,
    };
    const real: Real = { owner: someOwner(), clock };
    // What is compared is rows, also before the first command has made their tables.
    await inside(real.owner, (_wallet, { storage }) => migrate(storage));
    await fc.asyncModelRun(() => ({ model, real }), steps);
    await expectSound(model, real);
  });
  await fc.assert(life, {
    numRuns: runs,
    seed,
    interruptAfterTimeLimit: limit,
    markInterruptAsFailure: true,
  });
});
