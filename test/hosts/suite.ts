/**
 * The tests of Node's host, for whatever has node:net, and some of the public API: the program's `contract`, bundled
 * for any JavaScript host, with `vitest.ts` in the place of vitest.
 */
import process from "node:process";
import { type File, startTests, type Task, type VitestRunner } from "@vitest/runner";

/** The names stand in front of those of their tests. */
const FILES: Record<string, () => Promise<unknown>> = {
  "host/node.test.ts": () => import("../host/node.test.ts"),
  "host/node/alarm.test.ts": () => import("../host/node/alarm.test.ts"),
  "host/node/direct-read.test.ts": () => import("../host/node/direct-read.test.ts"),
  "host/node/plaintext-left.test.ts": () => import("../host/node/plaintext-left.test.ts"),
  "host/node/tcp.test.ts": () => import("../host/node/tcp.test.ts"),
  "host/node/tls-callbacks.test.ts": () => import("../host/node/tls-callbacks.test.ts"),
  "mozilla/server.test.ts": () => import("../mozilla/server.test.ts"),
};

/** Less than `npm test` waits: where a test waits in vain, and is known to, the time is lost each run. */
const PATIENCE = 8000;

const CONFIG: VitestRunner["config"] = {
  root: "/",
  name: undefined,
  setupFiles: [],
  passWithNoTests: false,
  testNamePattern: undefined,
  allowOnly: false,
  sequence: { seed: 1, hooks: "stack", setupFiles: "list" },
  chaiConfig: undefined,
  maxConcurrency: 1,
  testTimeout: PATIENCE,
  hookTimeout: PATIENCE,
  retry: 0,
  includeTaskLocation: false,
  tags: [],
  tagsFilter: undefined,
  strictTags: false,
};

/** How a test ended; `why` it failed. */
export interface Outcome {
  readonly name: string;
  readonly state: "pass" | "fail" | "skip";
  readonly why?: string;
}

/** Runs all of them, one after the other. */
export async function contract(): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const uncaught = (error: unknown): void => {
    outcomes.push({ name: "uncaught", state: "fail", why: String(error) });
  };
  process.on("uncaughtException", uncaught).on("unhandledRejection", uncaught);
  const alive = setInterval(() => {}, PATIENCE); // hosts' timers and the runner's keep no program alive
  const runner: VitestRunner = {
    config: CONFIG,
    importFile: (path) => FILES[path]?.() ?? Promise.reject(new Error(`no tests in ${path}`)),
  };
  const files = await startTests(Object.keys(FILES), runner);
  files.forEach((file, index) => {
    outcomes.push(...outcomesOf(file, Object.keys(FILES)[index] as string));
  });
  clearInterval(alive);
  return outcomes;
}

/** Those within; a suite has one of its own only if what stands around its tests has failed. */
function outcomesOf(task: File | Task, name: string): Outcome[] {
  const why = task.result?.errors?.map(({ message }) => message.split("\n")[0]).join("; ");
  const failed: Outcome[] = why ? [{ name, state: "fail", why }] : [];
  if ("tasks" in task) {
    return [...failed, ...task.tasks.flatMap((one) => outcomesOf(one, `${name} > ${one.name}`))];
  }
  if (failed.length > 0) return failed;
  const state = task.result?.state === "pass" ? "pass" : "skip";
  return [{ name, state: task.mode === "run" && state === "skip" ? "fail" : state }];
}
