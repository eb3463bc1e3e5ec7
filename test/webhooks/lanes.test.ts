import { describe, expect, it } from "vitest";
import {
  GROWTH_MS,
  IDLE_MS,
  LANE_WIDTH,
  Lanes,
  MAX_LANES,
  PATIENCE_MS,
} from "../../src/webhooks/lanes.ts";

const NOW = Date.UTC(2026, 0, 1);

function fill(lanes: Lanes): number {
  let begun = 0;
  for (let lane = lanes.room(); lane !== null; lane = lanes.room()) {
    lanes.begin(lane);
    begun += 1;
  }
  return begun;
}

describe("the objects that send for an endpoint", () => {
  it("are one at first, which has six deliveries under way", () => {
    const lanes = new Lanes();
    expect([fill(lanes), lanes.count]).toEqual([LANE_WIDTH, 1]);
    lanes.end(0);
    expect(lanes.room()).toBe(0);
  });

  it("become more when something has waited for five seconds, and double twice a second", () => {
    const lanes = new Lanes();
    expect(lanes.grow(NOW, NOW + PATIENCE_MS - 1)).toBe(false);
    const later = NOW + PATIENCE_MS;
    expect(lanes.grow(NOW, later)).toBe(true);
    expect(lanes.grow(NOW, later + GROWTH_MS - 1)).toBe(false);
    const counts = Array.from({ length: 6 }, (_, i) => {
      lanes.grow(NOW, later + (i + 1) * GROWTH_MS);
      return lanes.count;
    });
    expect(counts).toEqual([4, 8, 16, 32, 32, 32]);
    expect(fill(lanes)).toBe(MAX_LANES * LANE_WIDTH);
  });

  it("are one again when there was nothing to do for half a minute", () => {
    const lanes = new Lanes();
    lanes.grow(NOW, NOW + PATIENCE_MS);
    lanes.notice(true, NOW);
    lanes.notice(false, NOW + IDLE_MS - 1);
    lanes.notice(true, NOW + IDLE_MS);
    expect(lanes.count).toBe(2);
    lanes.notice(false, NOW + 2 * IDLE_MS);
    expect(lanes.count).toBe(1);
  });

  it("end what they began, also when there are fewer of them meanwhile", () => {
    const lanes = new Lanes();
    lanes.grow(NOW, NOW + PATIENCE_MS);
    fill(lanes);
    lanes.notice(true, NOW);
    lanes.notice(false, NOW + IDLE_MS);
    expect(lanes.room()).toBeNull();
    lanes.end(1);
    expect(lanes.room()).toBeNull();
    lanes.end(0);
    expect(lanes.room()).toBe(0);
  });
});
