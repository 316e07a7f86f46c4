import { expect, test } from "vitest";
import { alarm } from "../../../host/node/alarm.ts";

test("rings in time though one is armed for later", async () => {
  alarm(600_000, () => {});
  await new Promise<void>((ring) => alarm(5, ring));
});

test("only the last one rings, and not when it is cancelled", async () => {
  const rung: string[] = [];
  alarm(1, () => rung.push("first"));
  alarm(2, () => rung.push("second")).cancel();
  await new Promise<void>((ring) => alarm(5, ring));
  expect(rung).toEqual([]);
});
