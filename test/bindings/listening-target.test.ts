import { describe, expect, test } from "vitest";
import { ListeningTarget, listens } from "../../bindings/listening-target.ts";

class Target extends ListeningTarget {
  declare onping: ((event: Event) => unknown) | null;

  static {
    Target.defineAttributes(Target.prototype, ["ping"]);
  }

  get heard(): boolean {
    return listens(this, "ping");
  }

  ping(): void {
    this.dispatchEvent(new Event("ping"));
  }
}

describe("ListeningTarget", () => {
  test("M4: a handler runs in the place of its first setting", () => {
    const target = new Target();
    const order: string[] = [];
    target.addEventListener("ping", () => order.push("first"));
    target.onping = () => order.push("old");
    target.addEventListener("ping", () => order.push("last"));
    target.onping = () => order.push("handler");
    target.ping();
    expect(order).toEqual(["first", "handler", "last"]);
    target.onping = null;
    target.onping = () => order.push("again");
    order.length = 0;
    target.ping();
    expect(order).toEqual(["first", "last", "again"]);
  });

  test("M3: a handler is null at first, and again when set to what cannot be called", () => {
    const target = new Target();
    expect(target.onping).toBe(null);
    const handler = (): void => {};
    target.onping = handler;
    expect(target.onping).toBe(handler);
    for (const value of [undefined, 5, {}, "x"]) {
      target.onping = handler;
      target.onping = value as never;
      expect(target.onping).toBe(null);
      expect(target.heard).toBe(false);
    }
  });

  test("M5: `this` in a handler is the target", () => {
    const target = new Target();
    let self: unknown;
    target.onping = function (this: unknown) {
      self = this;
    };
    target.ping();
    expect(self).toBe(target);
  });

  test("knows whether anybody listens, through once, signal and removal", () => {
    const target = new Target();
    const listener = (): void => {};
    expect(target.heard).toBe(false);
    target.addEventListener("ping", listener);
    target.addEventListener("ping", listener);
    expect(target.heard).toBe(true);
    target.removeEventListener("ping", listener);
    expect(target.heard).toBe(false);
    target.addEventListener("ping", listener, { once: true });
    target.ping();
    expect(target.heard).toBe(false);
    const abort = new AbortController();
    target.addEventListener("ping", listener, { signal: abort.signal });
    expect(target.heard).toBe(true);
    abort.abort();
    expect(target.heard).toBe(false);
    target.addEventListener("ping", listener, { signal: abort.signal });
    expect(target.heard).toBe(false);
    target.addEventListener("ping", null);
    expect(target.heard).toBe(false);
  });

  test("calls each registration once: capture and not, objects, the same one twice", () => {
    const target = new Target();
    let calls = 0;
    const listener = {
      handleEvent(event: Event) {
        expect(event.type).toBe("ping");
        expect(this).toBe(listener);
        calls++;
      },
    };
    target.addEventListener("ping", listener);
    target.addEventListener("ping", listener, true);
    target.addEventListener("ping", listener, { capture: false });
    target.ping();
    expect(calls).toBe(2);
    target.removeEventListener("ping", listener, { capture: true });
    target.ping();
    expect(calls).toBe(3);
  });

  test("one removed during the dispatch, by another's hand or its signal, is not called", () => {
    const target = new Target();
    const order: string[] = [];
    const late = (): void => {
      order.push("late");
    };
    const controller = new AbortController();
    const { signal } = controller;
    target.addEventListener("ping", () => {
      order.push("first");
      target.removeEventListener("ping", late);
      target.onping = null;
      controller.abort();
    });
    target.addEventListener("ping", late);
    target.onping = () => order.push("handler");
    target.addEventListener("ping", () => order.push("signalled"), { signal });
    target.addEventListener("ping", () => order.push("last"));
    target.ping();
    expect(order).toEqual(["first", "last"]);
  });

  test("an event of the platform's is stopped like ours, and by us as often as it is dispatched", () => {
    const target = new Target();
    const order: string[] = [];
    target.addEventListener("ping", (event) => {
      order.push("first");
      event.stopImmediatePropagation();
    });
    target.addEventListener("ping", () => order.push("second"));
    const other = new Target();
    other.addEventListener("ping", () => order.push("other's first"));
    other.addEventListener("ping", () => order.push("other's second"));
    const event = new Event("ping");
    for (const each of [target, other, target]) each.dispatchEvent(event);
    expect(order).toEqual(["first", "other's first", "other's second", "first"]);
    const platform = new EventTarget();
    platform.addEventListener("ping", () => order.push("the platform's"));
    platform.dispatchEvent(event);
    expect(order.at(-1)).toBe("the platform's");
  });

  test("a `once` listener removed by hand is gone; one that sends again is called once", () => {
    const target = new Target();
    let calls = 0;
    const listener = (): void => {
      calls++;
      if (calls === 1) target.ping();
    };
    target.addEventListener("ping", listener, { once: true });
    target.ping();
    expect(calls).toBe(1);
    target.addEventListener("ping", listener, { once: true });
    target.removeEventListener("ping", listener);
    target.ping();
    expect(calls).toBe(1);
  });
});
