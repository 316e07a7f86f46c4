/**
 * Results as two tables: the figures of every question, and the floors at the end, lost ones included.
 */
import { getBorderCharacters, table } from "table";
import { boundOf, shown, verdictOf } from "./results.mjs";

const HEAD = ["question", "side", "median", "min..max", "CPU/unit", "speed ×", "CPU ×", "versus"];
const FLOORS_HEAD = ["floor", "side", "versus", "of", "reached", "wanted", ""];

/** @param results see results.mjs */
export function tableOf(results) {
  const groups = results.flatMap(({ name, unit, measures }) => {
    return measures.map(({ label, rows }) => {
      return rows.map((row, index) => cells(index === 0 ? `${name}, ${label}` : "", unit, row));
    });
  });
  return drawn(HEAD, groups, [2, 3, 4, 5, 6]);
}

/** What each floor wants and whether it holds; "" where there are none. */
export function floorsOf(results) {
  const groups = results
    .filter(({ floors }) => floors.length !== 0)
    .map(({ name, floors }) => {
      return floors.map((floor, index) => [
        index === 0 ? name : "",
        floor.side,
        floor.versus ?? "",
        `${floor.of}, ${floor.measure}`,
        floor.reached === undefined ? "" : shown(floor.reached),
        boundOf(floor),
        floor.missing ? `not compared: ${floor.missing} was not run` : verdictOf(floor),
      ]);
    });
  return groups.length === 0 ? "" : drawn(FLOORS_HEAD, groups, [4, 5]);
}

/** What memory was held after collecting garbage, in MiB, and what came to it. */
export function soakOf(results, minutes) {
  const mebibytes = (bytes) => (bytes / 1024 / 1024).toFixed(1);
  const rows = results.map((one) => {
    if (one.skipped) return [one.question, one.side, "not run", one.skipped, "", "", "", ""];
    const { rounds, first, last, holds } = one;
    const more = ["rss", "heap"].flatMap((kind) => {
      const signed = `${last[kind] < first[kind] ? "" : "+"}${mebibytes(last[kind] - first[kind])}`;
      return [mebibytes(first[kind]), signed];
    });
    return [one.question, one.side, rounds, ...more, holds ? "holds" : "GROWS"];
  });
  const head = [
    "question",
    "side",
    "rounds",
    "RSS MiB",
    "more",
    "heap MiB",
    "more",
    `${minutes} min`,
  ];
  return drawn(head, [rows], [2, 4, 5, 6]);
}

function cells(first, unit, row) {
  if (row.missing) return [first, row.side, "not run", row.missing, "", "", "", ""];
  return [
    first,
    row.side,
    shown(row.median),
    `${shown(row.min)}..${shown(row.max)}`,
    `${shown(row.cpuNanoseconds)} ns/${unit}`,
    speedCell(row),
    row.cpu === undefined ? "" : row.cpu.toFixed(2),
    row.versus ?? "",
  ];
}

function speedCell({ speed, more }) {
  if (speed === undefined) return "";
  const ratio = speed > 0 && speed < Infinity ? speed.toFixed(2) : "";
  if (more === undefined) return ratio;
  return `${more < 0 ? "" : "+"}${shown(more)}${ratio && ` = ${ratio}`}`;
}

/** With a line below the head and below each group of rows. */
function drawn(head, groups, right) {
  const rows = [head, ...groups.flat()];
  let end = 1;
  const rules = new Set([0, 1, ...groups.map((group) => (end += group.length))]);
  return table(rows, {
    border: getBorderCharacters("norc"),
    drawHorizontalLine: (index) => rules.has(index),
    columns: head.map((_, index) => ({ alignment: right.includes(index) ? "right" : "left" })),
  });
}
