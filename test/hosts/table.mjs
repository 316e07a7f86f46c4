/**
 * The table of hosts, and the line that counts: what is missing counts as skipped, and so does a test of Node's host
 * that is known to end otherwise. Each reason is printed.
 */
import { table } from "table";

const HEAD = [
  "host",
  "version",
  "scripts passed",
  "failed",
  "skipped",
  "digest",
  "contract",
  "failed",
  "skipped",
  "sends/s",
  "echoes/s",
];

export function print(rows) {
  console.log(table([HEAD, ...rows.map(cellsOf)]));
  for (const { name, vectors, contract } of rows) {
    for (const [why, count] of reasonsOf(vectors, contract))
      console.log(`${name}: ${count} skipped, ${why}`);
  }
  for (const { name, missing } of rows) if (missing) console.log(`missing: ${name}, ${missing}`);
  const sum = (count) => rows.reduce((total, row) => total + count(row), 0);
  const passed = sum((row) => row.passed ?? 0);
  const failed = sum((row) => row.failures?.length ?? 0);
  const skipped = sum(({ missing, vectors, contract }) =>
    missing ? 1 : (vectors?.skipped ?? 0) + (contract?.skipped ?? 0),
  );
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return { passed, failed, skipped };
}

/** What a row says, for other programs. */
export function numbersOf({ name, version, missing, vectors, contract, sends, serves }) {
  return {
    ...{ name, version, missing, sends, serves },
    scripts: vectors && { ...countsOf(vectors), digest: vectors.digest },
    contract: contract && { ...countsOf(contract), differences: contract.skips },
  };
}

function countsOf({ passed, failures, skipped, seconds }) {
  return { passed, failed: failures.length, skipped, seconds };
}

function cellsOf({ name, version, missing, vectors, contract, sends, serves, failures }) {
  if (missing !== undefined) return [name, `missing: ${missing}`, ...Array(9).fill("")];
  const three = (suite) => {
    if (suite === undefined) return ["", "", ""];
    const { passed, failed, skipped } = countsOf(suite);
    return [passed, failed, skipped];
  };
  const scripts = three(vectors);
  if (vectors === undefined) scripts[1] = failures.length;
  const digest = vectors?.digest.slice(0, 12) ?? "";
  return [name, version, ...scripts, digest, ...three(contract), sends ?? "", serves ?? ""];
}

/** How often each reason was given; a script's name stands in front of it. */
function reasonsOf(vectors, contract) {
  const reasons = [
    ...(vectors?.skips ?? []).map((skip) => skip.slice(skip.indexOf(": ") + 2)),
    ...(contract?.skips ?? []).map(({ why }) => why),
  ];
  const counts = new Map();
  for (const why of reasons) counts.set(why, (counts.get(why) ?? 0) + 1);
  return counts;
}
