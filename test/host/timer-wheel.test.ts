import { describe, expect, test } from "vitest";
import { Random } from "../../host/loopback/random.ts";
import { TimerWheel } from "../../host/timer-wheel.ts";
import type { Timer } from "../../host/transport.ts";

/** A clock whose one alarm rings when the test says so, if need be too early. */
class Hand {
  time = 0.25;
  alarms = 0;
  armed: { readonly at: number; readonly callback: () => void } | undefined;

  now(): number {
    return this.time;
  }

  alarm(milliseconds: number, callback: () => void): Timer {
    expect(this.armed, "one alarm at a time").toBeUndefined();
    expect(milliseconds).toBeGreaterThanOrEqual(0);
    expect(milliseconds).toBeLessThan(2 ** 31);
    const armed = { at: this.time + milliseconds, callback };
    this.armed = armed;
    this.alarms++;
    return {
      cancel: () => {
        if (this.armed === armed) this.armed = undefined;
      },
    };
  }

  /** Rings, `early` milliseconds before the alarm is due. False if none is armed. */
  ring(early = 0): boolean {
    const { armed } = this;
    if (armed === undefined) return false;
    this.armed = undefined;
    this.time = Math.max(this.time, armed.at - early);
    armed.callback();
    return true;
  }
}

function wheel(): { clock: Hand; timers: TimerWheel; expired: number[] } {
  const clock = new Hand();
  return { clock, timers: new TimerWheel(clock), expired: [] };
}

describe("TimerWheel", () => {
  test("expires in order, never early, though alarms ring early", () => {
    const { clock, timers, expired } = wheel();
    const random = new Random(1);
    const waits = Array.from({ length: 500 }, () => random.below(2000) / 2);
    for (const wait of waits) {
      const due = clock.time + wait;
      timers.start(wait, () => {
        expect(clock.time).toBeGreaterThanOrEqual(due);
        expect(clock.time).toBeLessThan(due + 2);
        expired.push(Math.ceil(due));
      });
    }
    while (clock.ring(random.below(3)));
    expect(expired).toEqual(expired.toSorted((a, b) => a - b));
    expect(expired).toHaveLength(waits.length);
  });

  test("timers of one millisecond expire in the order of their start", () => {
    const { clock, timers, expired } = wheel();
    for (let i = 0; i < 100; i++) timers.start(5, () => expired.push(i));
    clock.ring();
    expect(expired).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(clock.alarms).toBe(1);
  });

  test("an earlier timer moves the alarm, a later one does not", () => {
    const { clock, timers } = wheel();
    timers.start(100, () => {});
    timers.start(200, () => {});
    expect(clock.alarms).toBe(1);
    timers.start(50, () => {});
    expect(clock.alarms).toBe(2);
    expect(clock.armed?.at).toBe(51);
  });

  test("never calls back inside start, and gives timers of a callback an alarm of their own", () => {
    const { clock, timers, expired } = wheel();
    const again = (): void => {
      expired.push(clock.time);
      if (expired.length < 5) timers.start(0, again);
    };
    clock.time = 7;
    timers.start(-1, again);
    expect(expired).toEqual([]);
    for (let rings = 1; rings <= 5; rings++) {
      expect(clock.ring()).toBe(true);
      expect(expired).toHaveLength(rings);
    }
    expect(clock.ring()).toBe(false);
  });

  test("a callback may cancel timers that are due with it, and itself", () => {
    const { clock, timers, expired } = wheel();
    const own = timers.start(1, () => {
      expired.push(1);
      own.cancel();
      other.cancel();
    });
    const other = timers.start(1, () => expired.push(2));
    timers.start(1, () => expired.push(3));
    while (clock.ring());
    expect(expired).toEqual([1, 3]);
  });

  test("a callback that throws takes no other with it", () => {
    const { clock, timers, expired } = wheel();
    timers.start(1, () => {
      throw new Error("thrown by a callback");
    });
    timers.start(1, () => expired.push(2));
    timers.start(3, () => expired.push(3));
    expect(() => clock.ring()).toThrow("thrown by a callback");
    while (clock.ring());
    expect(expired).toEqual([2, 3]);
  });

  test("waits longer than an alarm can, and forever without one", () => {
    const { clock, timers, expired } = wheel();
    const month = 30 * 24 * 3600 * 1000;
    timers.start(month, () => expired.push(clock.time));
    timers.start(Number.POSITIVE_INFINITY, () => expired.push(-1)).cancel();
    while (clock.ring());
    expect(clock.alarms).toBe(2);
    expect(expired).toEqual([month + 1]);
  });

  test("100,000 timers started and cancelled leave nothing behind", () => {
    const { clock, timers } = wheel();
    const standing = timers.start(1_000_000, () => {});
    const random = new Random(2);
    const before = performance.now();
    let living: Timer[] = [];
    for (let i = 0; i < 100_000; i++) {
      living.push(timers.start(500, () => {}));
      if (random.chance(0.01)) {
        for (const timer of living) timer.cancel();
        living = [];
        clock.time += 1;
      }
    }
    for (const timer of living) timer.cancel();
    expect(performance.now() - before).toBeLessThan(5000); // some 30 ms on a quiet machine
    expect(clock.alarms).toBeLessThan(3000);
    standing.cancel();
    expect(clock.armed, "no alarm without a timer").toBeUndefined();
  });
});
