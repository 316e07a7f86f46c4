/** Events fired without the platform's constructor are events all the same. */
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { dataEvent, TCPSocketEvent } from "../../bindings/events.ts";
import { hearersOf, ListeningTarget, notify } from "../../bindings/listening-target.ts";
import { atOneMoment, endFired } from "../../bindings/socket-event.ts";

const MEMBERS = Object.getOwnPropertyNames(Event.prototype).filter((name) => {
  const { get } = Object.getOwnPropertyDescriptor(Event.prototype, name) as PropertyDescriptor;
  return get !== undefined;
});

/** As delivery.ts does it. */
function dispatch(target: ListeningTarget, event: TCPSocketEvent): void {
  notify(target, hearersOf(target, "data"), event);
  endFired(event);
}

/** An event as it is when it has been dispatched. */
function fired<T>(data: T, target = new ListeningTarget()): TCPSocketEvent<T> {
  const event = dataEvent("data", data, target);
  dispatch(target, event);
  return event;
}

describe("an event with data", () => {
  test("is of its class, and says what one made by hand says but for isTrusted", () => {
    const event = fired(7) as unknown as Record<string, unknown>;
    const made = new TCPSocketEvent("data", { data: 7 }) as unknown as Record<string, unknown>;
    expect(event).toBeInstanceOf(TCPSocketEvent);
    expect(event).toBeInstanceOf(Event);
    expect(event.constructor).toBe(TCPSocketEvent);
    const told = (event: Record<string, unknown>) =>
      Object.fromEntries(
        MEMBERS.filter((name) => name !== "timeStamp").map((name) => [name, event[name]]),
      );
    const { target } = event;
    expect(told(event)).toEqual({ ...told(made), isTrusted: true, target, srcElement: target });
    expect([event.data, Object.keys(event)]).toEqual([7, Object.keys(made)]);
    expect(String(event)).toBe(String(made));
  });

  test("cannot be cancelled; stopPropagation() and initEvent() do as ever", () => {
    const event = fired(7);
    event.preventDefault();
    expect([event.defaultPrevented, event.returnValue]).toEqual([false, true]);
    event.stopPropagation();
    expect(event.cancelBubble).toBe(true);
    expect(event.composedPath()).toEqual([]);
  });

  test("has the time it was fired at; all of one delivery the same", () => {
    const before = performance.now();
    const [a, b] = atOneMoment(() => [fired(1), fired(2)] as const);
    expect(a.timeStamp).toBe(b.timeStamp);
    expect(a.timeStamp).toBeGreaterThanOrEqual(before);
    expect(fired(3).timeStamp).toBeGreaterThanOrEqual(a.timeStamp);
  });

  test("target, currentTarget, eventPhase and path while it is dispatched, and after", () => {
    const target = new ListeningTarget();
    const event = dataEvent("data", 7, target);
    const told = () => [
      event.target,
      event.currentTarget,
      event.srcElement,
      event.eventPhase,
      event.composedPath(),
    ];
    let within: unknown;
    target.addEventListener("data", () => {
      within = told();
    });
    dispatch(target, event);
    expect(within).toEqual([target, target, target, 2, [target]]);
    expect(told()).toEqual([target, null, target, 0, []]);
  });

  test("can be dispatched again by any EventTarget", () => {
    const first = new ListeningTarget();
    const heard: unknown[] = [];
    first.addEventListener("data", (event) => {
      expect(() => new EventTarget().dispatchEvent(event)).toThrow();
    });
    const event = fired(7, first);
    const platform = new EventTarget();
    platform.addEventListener("data", (again) => {
      heard.push(again.target === platform, again.currentTarget === platform, again === event);
      again.stopImmediatePropagation();
    });
    platform.addEventListener("data", () => heard.push("stopped too late"));
    expect(platform.dispatchEvent(event)).toBe(true);
    expect(heard).toEqual([true, true, true]);
    expect(event.currentTarget).toBeNull();
  });

  test("is shown with its data", () => {
    expect(inspect(fired("abc"))).toMatch(
      /^TCPSocketEvent \{ type: 'data', data: 'abc', timeStamp: [\d.]+ \}$/,
    );
  });
});
