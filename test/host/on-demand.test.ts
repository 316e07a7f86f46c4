import { expect, test } from "vitest";
import { onDemand } from "../../host/on-demand.ts";

test("made by the first call, and by no other", () => {
  let made = 0;
  const table = onDemand(() => ({ number: ++made }));
  expect(made).toBe(0);
  expect(table()).toEqual({ number: 1 });
  expect(table()).toBe(table());
  expect(made).toBe(1);
});

test("what could not be made is tried again", () => {
  const outcomes = [undefined, { words: 3 }];
  const table = onDemand(() => {
    const outcome = outcomes.shift();
    if (outcome === undefined) throw new RangeError("not yet");
    return outcome;
  });
  expect(table).toThrow("not yet");
  expect(table()).toEqual({ words: 3 });
});
