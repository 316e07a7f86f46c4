/**
 * Asks one question: starts every side and its peer, warms up, then measures in interleaved rounds
 * (A B C A B C), so that what disturbs the machine disturbs all sides alike. A process has its luck with
 * memory, and with what V8 saw first: after some rounds all are others. Where memory is the question,
 * what one round leaves behind would hide in the next: there each sample has processes of its own.
 */
import { Child } from "./child.mjs";
import { environmentFor } from "./library.mjs";
import { MEMORY_FLAGS, STEADY_MALLOC } from "./memory.mjs";

/** The name of the side that is not under test; it has no entry among the sides. */
const PEER = "peer";
/** How many rounds a process lives, where its question says nothing of it. */
const LIFETIME = 3;

/**
 * @param question one of questions/index.mjs
 * @param how { rounds, quick, execArgv, step }: `execArgv(side)` are node's flags for a side under
 *   test, `step(side)` is called before each sample
 * @returns by side its samples, { units, seconds, cpuMicroseconds, ... }; or, in place of them,
 *   { missing }: why the side could not be run
 */
export async function ask(question, { rounds, quick, execArgv, step }) {
  const needed = Object.fromEntries(
    Object.entries(question.sides).map(([name, { needs }]) => [name, needs?.() ?? {}]),
  );
  const names = Object.keys(needed).filter((name) => needed[name].missing === undefined);
  const amount = quick ? question.quick : question.amount;
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  const { lifetime = LIFETIME } = question;
  for (let round = 0; round < rounds; round += lifetime) {
    const pairs = question.fresh ? {} : await warmPairs(question, names, amount, execArgv);
    try {
      for (let left = Math.min(lifetime, rounds - round); left > 0; left--) {
        for (const name of names) {
          step(name);
          const one = pairs[name];
          const taken = one ? sample(one, amount) : freshSample(question, name, amount, execArgv);
          samples[name].push(await taken);
        }
      }
    } finally {
      await Promise.all(Object.values(pairs).map(stop));
    }
  }
  return Object.fromEntries(
    Object.entries(needed).map(([name, { missing }]) => [name, samples[name] ?? { missing }]),
  );
}

/** All sides at once, each with a round behind it. */
async function warmPairs(question, names, amount, execArgv) {
  const pairs = {};
  try {
    for (const name of names) pairs[name] = startPair(question, name, execArgv(name));
    await Promise.all(Object.values(pairs).map(listen));
    for (const { run, port } of Object.values(pairs)) {
      await run.call("run", port, amount >> 2, true);
    }
    for (const one of Object.values(pairs)) await sample(one, amount);
    return pairs;
  } catch (error) {
    await Promise.all(Object.values(pairs).map(stop));
    throw error;
  }
}

/** A sample with what memory it took: what a process holds with it, less what another holds without. */
async function freshSample(question, name, amount, execArgv) {
  const without = await heldAfter(question, name, amount, execArgv, () => ({}));
  const held = await heldAfter(question, name, amount, execArgv, (one) => sample(one, amount));
  const spent = Object.entries(held.memory).map(([kind, bytes]) => {
    return [kind, bytes - without.memory[kind]];
  });
  return { ...held, memory: Object.fromEntries(spent) };
}

/** What `work` returns, with the memory of a process that did little before. */
async function heldAfter(question, name, amount, execArgv, work) {
  const one = startPair(question, name, [...MEMORY_FLAGS, ...execArgv(name)]);
  try {
    await listen(one);
    await one.run.call("run", one.port, amount >> 6, true);
    const taken = await work(one);
    return { ...taken, memory: await one.subject.call("memoryAtRest") };
  } finally {
    await stop(one);
  }
}

/** A side and its peer, if any: { serve, run, subject, port }, the last known once it listens. */
export function startPair(question, name, execArgv) {
  const start = (role) => {
    const tested = role === question.subject;
    const memory = question.fresh ? {} : STEADY_MALLOC;
    const label = `${question.name}, ${tested ? "" : "the peer of "}${name}`;
    if (!tested) {
      const env = { ...process.env, ...memory };
      return new Child(label, [question.name, role, PEER, name], { env, execArgv: [] });
    }
    const { needs, dist, as = name } = question.sides[name]; // the last two: see against.mjs
    const { path, args = [] } = needs?.() ?? {};
    return new Child(label, [question.name, role, as], {
      env: { ...environmentFor(dist), ...memory },
      ...(path ? { execPath: path, execArgv: args } : { execArgv }),
    });
  };
  const roles = { serve: question.serve && start("serve"), run: start("run") };
  return { ...roles, subject: roles[question.subject], port: 0 };
}

export async function listen(one) {
  if (one.serve) one.port = await one.serve.call("serve");
}

export async function sample({ run, subject, port }, amount) {
  const before = await subject.call("cpu");
  const result = await run.call("run", port, amount, false);
  const cpuMicroseconds = (await subject.call("cpu")) - before;
  return { cpuMicroseconds, ...result }; // a side that is another program tells its own
}

export function stop({ serve, run }) {
  return Promise.all([serve?.stop(), run.stop()]);
}
