/** The table of hosts, and the line that counts: what is missing counts as skipped. */
import { table } from "table";

const HEAD = [
  "host",
  "version",
  "scripts passed",
  "failed",
  "skipped",
  "digest",
  "sends/s",
  "echoes/s",
];

export function print(rows) {
  console.log(table([HEAD, ...rows.map(cellsOf)]));
  for (const { name, vectors } of rows) {
    for (const [why, count] of reasonsOf(vectors?.skips ?? []))
      console.log(`${name}: ${count} skipped, ${why}`);
  }
  for (const { name, missing } of rows) if (missing) console.log(`missing: ${name}, ${missing}`);
  const sum = (count) => rows.reduce((total, row) => total + count(row), 0);
  const passed = sum((row) => row.passed ?? 0);
  const failed = sum((row) => row.failures?.length ?? 0);
  const skipped = sum(({ missing, vectors }) => (missing ? 1 : (vectors?.skipped ?? 0)));
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return { passed, failed, skipped };
}

function cellsOf({ name, version, missing, vectors, sends, serves, failures }) {
  if (missing !== undefined) return [name, `missing: ${missing}`, "", "", "", "", "", ""];
  const played = vectors
    ? [vectors.passed, vectors.failures.length, vectors.skipped]
    : ["", "", ""];
  if (vectors === undefined) played[1] = failures.length;
  return [name, version, ...played, vectors?.digest.slice(0, 12) ?? "", sends ?? "", serves ?? ""];
}

/** How often each reason was given; a script's name stands in front of it. */
function reasonsOf(skips) {
  const counts = new Map();
  for (const skip of skips) {
    const why = skip.slice(skip.indexOf(": ") + 2);
    counts.set(why, (counts.get(why) ?? 0) + 1);
  }
  return counts;
}
