/** What the tests of Node's host amount to in another host, so that its list of differences cannot rot. */
import { expect, test } from "vitest";
// @ts-expect-error no types
import { judge } from "./contract.mjs";

const passes = { name: "a", state: "pass" };
const fails = { name: "b", state: "fail", why: "it broke" };

test("what fails is a failure with its reason, what is listed a skip with the list's", () => {
  expect(judge([passes, fails], {})).toEqual({
    ...{ passed: 1, failures: ["b: it broke"], skips: [], skipped: 0 },
  });
  expect(judge([passes, fails], { b: "no such thing" })).toEqual({
    ...{ passed: 1, failures: [], skips: [{ name: "b", why: "no such thing" }], skipped: 1 },
  });
});

test("what is listed and passes, or is no test, is a failure", () => {
  const { failures } = judge([passes], { a: "once", c: "renamed" });
  expect(failures).toEqual([
    "c: is listed as different, and there is no such test",
    "a: passes, and is listed as different",
  ]);
});

test("a test that skips itself is no pass, and no tests at all are a failure", () => {
  expect(judge([{ name: "a", state: "skip" }], {})).toMatchObject({ passed: 0, skipped: 1 });
  expect(judge([], {}).failures).toEqual(["no test was run"]);
});
