/**
 * Samples as one table: for each question, measure and side the median with its spread, CPU time of
 * the side under test per unit, and both in relation to the side it is compared with. Relations are
 * medians over rounds of the quotient within a round, so that slow phases of the machine cancel.
 */
import { getBorderCharacters, table } from "table";

const HEAD = ["question", "side", "median", "min..max", "CPU/unit", "speed ×", "CPU ×", "versus"];

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
      alignment: index >= 2 && index <= 6 ? "right" : "left",
    })),
  });
}

function measureRows(question, label, { value, lower, difference }, samples) {
  const { name, unit, sides } = question;
  const cpuOf = (sample) => sample.cpuMicroseconds / sample.units;
  return Object.entries(sides).map(([side, { versus }], index) => {
    const values = samples[side].map(value);
    const others = samples[versus];
    const faster = others.map((other, round) => {
      return lower ? value(other) / values[round] : values[round] / value(other);
    });
    const cpu = others.map((other, round) => cpuOf(samples[side][round]) / cpuOf(other));
    const more = others.map((other, round) => values[round] - value(other));
    const alone = versus === side;
    const relation = median(faster).toFixed(2);
    return [
      index === 0 ? `${name}, ${label}` : "",
      side,
      shown(median(values)),
      `${shown(Math.min(...values))}..${shown(Math.max(...values))}`,
      `${shown(median(samples[side].map(cpuOf)))} µs/${unit}`,
      alone ? "" : difference ? `${signed(median(more))} = ${relation}` : relation,
      alone ? "" : median(cpu).toFixed(2),
      alone ? "" : versus,
    ];
  });
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
