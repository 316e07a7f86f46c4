/**
 * Every host there is, tried: the conformance scripts, the tests of Node's host where there is node:net, the TCP
 * programs against this Node's in both roles, and one ring of messages through all of them. Prints a table, and
 * what was passed, failed and skipped.
 *
 *   npm run test:hosts [-- --only python,go] [--json FILE]
 *
 * A host is { name, version(), install(), command(args) }: `version()` is null where its language is not on
 * this machine, and then it is missing, not passed. `commands` lists what it does, if not all of ALL.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import c from "./c.mjs";
import chromium from "./chromium.mjs";
import { componentInNode, componentInWasmtime } from "./component.mjs";
import { keepContract } from "./contract.mjs";
import go from "./go.mjs";
import { bun, deno, node, node22, node24 } from "./javascript.mjs";
import { messagesOf, ring, talk } from "./messages.mjs";
import python from "./python.mjs";
import rust from "./rust.mjs";
import { numbersOf, print } from "./table.mjs";
import { playVectors } from "./vectors.mjs";
import { wasiInNode, wasiInWasmtime } from "./wasi.mjs";

const FORMS = [componentInNode, componentInWasmtime, wasiInNode, wasiInWasmtime];
const HOSTS = [node, node22, node24, deno, bun, python, go, rust, c, chromium, ...FORMS];
const ALL = ["vectors", "serve", "send", "relay"];
const COUNT = 100_000;
const ROUND = 10_000;
const NONE = { passed: 0, failures: [] };

/** Of what is wrong with a host so many lines are shown. */
const SHOWN = 10;

const FLAGS = { only: { type: "string" }, json: { type: "string" } };
const { values } = parseArgs({ options: FLAGS });
const wanted = values.only?.split(",");
const hosts = HOSTS.filter(({ name }) => wanted === undefined || wanted.includes(name));
await node.install();

const rows = [];
for (const host of hosts) rows.push(await tried(host));
rows.push(await around(hosts.filter((_, index) => rows[index].failures?.length === 0)));
const sums = print(rows);
if (values.json !== undefined)
  writeFileSync(values.json, JSON.stringify({ ...sums, hosts: rows.map(numbersOf) }));
process.exitCode = rows.some(({ failures }) => failures?.length > 0) ? 1 : 0;

/** One row of the table. */
async function tried(host) {
  const row = { name: host.name, passed: 0, failures: [] };
  try {
    console.log(`${host.name}: installing what it needs`);
    if (host.version() !== null) await host.install();
    row.version = host.version();
    if (row.version === null) return { name: host.name, missing: "not on this machine" };
    console.log(`${host.name}: ${row.version}`);
    await attempt(row, host);
  } catch (error) {
    row.failures.push(error.message);
  }
  for (const failure of row.failures.slice(0, SHOWN)) console.log(`${host.name}: ${failure}`);
  return row;
}

async function attempt(row, host) {
  const { commands = ALL } = host;
  row.vectors = await playVectors(host);
  if (host.hasNet) row.contract = await keepContract(host);
  for (const { passed, failures } of [row.vectors, row.contract ?? NONE]) {
    row.passed += passed;
    row.failures.push(...failures);
  }
  const { digest } = messagesOf(COUNT);
  if (commands.includes("send")) row.sends = await expectTalk(row, node, host, digest);
  if (commands.includes("serve")) row.serves = await expectTalk(row, host, node, digest);
}

/** Messages a second, if all came back as they were. */
async function expectTalk(row, server, client, expected) {
  const { digest, rate } = await talk(server, client, COUNT);
  if (digest === expected) row.passed++;
  else row.failures.push(`${client.name} to ${server.name}: digest ${digest}, not ${expected}`);
  return rate;
}

/** From this Node through every host's relay and back. */
async function around(hosts) {
  const relays = hosts.filter(({ commands = ALL }) => commands.includes("relay"));
  const row = {
    name: "ring",
    version: relays.map(({ name }) => name).join(" > "),
    passed: 0,
    failures: [],
  };
  const { digest: expected } = messagesOf(ROUND);
  try {
    const { digest, rate } = await ring(relays, ROUND);
    row.serves = rate;
    if (digest === expected) row.passed++;
    else row.failures.push(`digest ${digest}, not ${expected}`);
  } catch (error) {
    row.failures.push(error.message);
  }
  return row;
}
