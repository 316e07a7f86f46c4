/**
 * Samples as one table: for each question, measure and side the median with its spread, CPU time of
 * the side under test per unit, and both in relation to the side it is compared with. Relations are
 * medians over rounds of the quotient within a round, so that slow phases of the machine cancel.
 * Where a side has a floor, the least it is to reach, it stands beside the ratio and says whether
 * it holds; one about another side has a line of its own.
 */
import { getBorderCharacters, table } from "table";

const HEAD = [
  ...["question", "side", "median", "min..max", "CPU/unit"],
  ...["speed ×", "floor", "CPU ×", "versus"],
];

const NONE = ["", "", "", ""];

/** @param results [{ question, samples: side → samples }] */
export function tableOf(results) {
  const rows = [HEAD];
  const rules = [0, 1];
  for (const { question, samples } of results) {
    for (const [label, measure] of Object.entries(question.measures)) {
      rows.push(...measureRows(question, label, measure, samples));
      rules.push(rows.length);
    }
  }
  return table(rows, {
    border: getBorderCharacters("norc"),
    drawHorizontalLine: (index) => rules.includes(index),
    columns: HEAD.map((_, index) => ({
      alignment: index >= 2 && index <= 7 ? "right" : "left",
    })),
  });
}

function measureRows({ name, unit, sides, measures }, label, measure, samples) {
  const first = label === Object.keys(measures)[0];
  const rows = Object.entries(sides).flatMap(([side, { versus, floors = {} }]) => {
    const values = samples[side];
    if (values?.missing) return [["", side, "not run", values.missing, "", "", "", "", ""]];
    const relation = (other) => {
      const floor = first ? floors[other] : undefined;
      return relationCells(measure, values, samples[other], other, floor);
    };
    const beside = versus === side ? NONE : relation(versus);
    const others = Object.keys(floors).filter((other) => other !== versus && first);
    return [
      ["", side, ...ownCells(measure, unit, values), ...beside],
      ...others.map((other) => ["", "", "", "", "", ...relation(other)]),
    ];
  });
  rows[0][0] = `${name}, ${label}`;
  return rows;
}

function ownCells({ value }, unit, samples) {
  const values = samples.map(value);
  return [
    shown(median(values)),
    `${shown(Math.min(...values))}..${shown(Math.max(...values))}`,
    `${shown(median(samples.map(cpuOf)))} µs/${unit}`,
  ];
}

/** Speed, floor, CPU and whom with. */
function relationCells({ value, lower, difference }, samples, others, versus, floor) {
  const wanted = floor === undefined ? "" : `≥ ${floor}, `;
  // not run for want of its program, or not asked for
  if (!Array.isArray(others)) return ["", wanted && `${wanted}not compared`, "", versus];
  const faster = others.map((other, round) => {
    const [own, its] = [value(samples[round]), value(other)];
    return lower ? its / own : own / its;
  });
  const cpu = others.map((other, round) => cpuOf(samples[round]) / cpuOf(other));
  const more = others.map((other, round) => value(samples[round]) - value(other));
  const speed = median(faster);
  const verdict = speed >= floor ? "holds" : "MISSED";
  const ratio = speed > 0 && speed < Infinity ? ` = ${speed.toFixed(2)}` : "";
  return [
    difference ? signed(median(more)) + ratio : speed.toFixed(2),
    wanted && wanted + verdict,
    median(cpu).toFixed(2),
    versus,
  ];
}

function cpuOf({ cpuMicroseconds, units }) {
  return cpuMicroseconds / units;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle];
  return (sorted[middle - 1] + sorted[middle]) / 2;
}

function signed(value) {
  return value < 0 ? `-${shown(-value)}` : `+${shown(value)}`;
}

/** Three digits: 0.0703, 25.1, 904, 887 k, 6.78 M. */
function shown(value) {
  if (value >= 999_500) return `${(value / 1e6).toPrecision(3)} M`;
  if (value >= 9_995) return `${(value / 1e3).toPrecision(3)} k`;
  return value >= 999.5 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}
