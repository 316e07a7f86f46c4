/**
 * Asks one question: starts every side and its peer, warms up, then measures in interleaved rounds
 * (A B C A B C), so that what disturbs the machine disturbs all sides alike.
 */
import { Child } from "./child.mjs";

/** The name of the side that is not under test; it has no entry among the sides. */
const PEER = "peer";

/**
 * @param question one of questions/index.mjs
 * @param how { rounds, quick, execArgv, step }: `execArgv(side)` are node's flags for a side under
 *   test, `step(side)` is called before each sample
 * @returns samples by side: { units, seconds, cpuMicroseconds, ... }
 */
export async function ask(question, { rounds, quick, execArgv, step }) {
  const names = Object.keys(question.sides);
  const amount = quick ? question.quick : question.amount;
  const children = [];
  const start = (role, name) => {
    const tested = role === question.subject;
    const label = `${question.name}, ${tested ? "" : "the peer of "}${name}`;
    const side = [question.name, role, tested ? name : PEER];
    const child = new Child(label, side, tested ? execArgv(name) : []);
    children.push(child);
    return child;
  };
  try {
    const pairs = await Promise.all(names.map((name) => pair(question, name, start)));
    for (const { client, port } of pairs) await client.call("run", port, amount >> 2, true);
    for (const one of pairs) await sample(one, amount);
    const samples = Object.fromEntries(names.map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const [index, name] of names.entries()) {
        step(name);
        samples[name].push(await sample(pairs[index], amount));
      }
    }
    return samples;
  } finally {
    await Promise.all(children.map((child) => child.stop()));
  }
}

/** A side and its peer, one of them listening. */
async function pair(question, name, start) {
  const roles = { serve: start("serve", name), run: start("run", name) };
  const port = await roles.serve.call("serve");
  return { client: roles.run, subject: roles[question.subject], port };
}

async function sample({ client, subject, port }, amount) {
  const before = await subject.call("cpu");
  const result = await client.call("run", port, amount, false);
  const cpuMicroseconds = (await subject.call("cpu")) - before;
  return { ...result, cpuMicroseconds };
}
