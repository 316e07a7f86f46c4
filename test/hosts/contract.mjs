/**
 * The tests of Node's host, and those of strict servers, run in a host that has node:net by its program, and
 * judged: what fails there must be listed in differences.mjs, and what is listed must fail, or the list would rot.
 */
import { spawn } from "node:child_process";
import { DIFFERENCES } from "./differences.mjs";

const PATIENCE = 150_000;

/** { passed, failures, skips, skipped, seconds }: `skips` are the known differences and what skips itself. */
export async function keepContract(host) {
  const start = performance.now();
  const { outcomes, errors } = await outcomesOf(host);
  const verdict = judge(outcomes, DIFFERENCES[host.name] ?? {});
  const seconds = (performance.now() - start) / 1000;
  return { ...verdict, failures: [...errors, ...verdict.failures], seconds };
}

/** What `outcomes`, as suite.ts has them, amount to where `known`, test to reason, is known to fail. */
export function judge(outcomes, known) {
  const names = new Set(outcomes.map(({ name }) => name));
  const failures = Object.keys(known)
    .filter((name) => !names.has(name))
    .map((name) => `${name}: is listed as different, and there is no such test`);
  if (outcomes.length === 0) failures.push("no test was run");
  const skips = [];
  let passed = 0;
  for (const { name, state, why = "no reason given" } of outcomes) {
    const listed = Object.hasOwn(known, name);
    if (state === "pass" && listed) failures.push(`${name}: passes, and is listed as different`);
    else if (state === "pass") passed++;
    else if (state === "skip") skips.push({ name, why: "skips itself" });
    else if (listed) skips.push({ name, why: known[name] });
    else failures.push(`${name}: ${why}`);
  }
  return { passed, failures, skips, skipped: skips.length };
}

async function outcomesOf(host) {
  const { answer, ended } = await answerOf(host);
  try {
    if (ended === 0) return { outcomes: JSON.parse(answer), errors: [] };
  } catch {
    // told below
  }
  return { outcomes: [], errors: [`contract: ended with ${ended}: ${answer.slice(0, 500)}`] };
}

function answerOf(host) {
  const [path, ...argv] = host.command(["contract"]);
  const env = { ...process.env, SEED: "1" }; // it stands in the names of some
  const child = spawn(path, argv, { env, stdio: ["ignore", "pipe", "inherit"] });
  const deadline = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  let answer = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    answer += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      clearTimeout(deadline);
      resolve({ answer, ended: signal ?? code });
    });
  });
}
