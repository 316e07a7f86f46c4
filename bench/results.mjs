/**
 * From samples to figures, without I/O: for each question, measure and side the median with its spread,
 * CPU time per unit, and both in relation to the side it is compared with; for each floor what was
 * reached. Relations are medians over rounds of the quotient within a round, so that slow phases of the
 * machine cancel.
 *
 * A question's result: { name, unit, measures: [{ label, lower, rows }], floors, samples }. What was not
 * run has `missing` in place of figures, and no floor about it holds.
 */

/** @param samples by side: [{ units, seconds, cpuMicroseconds, ... }] or { missing } */
export function resultOf(question, samples) {
  const { name, unit, measures, floors = [] } = question;
  return {
    name,
    unit,
    measures: Object.entries(measures).map(([label, measure]) => ({
      label,
      lower: measure.lower === true,
      rows: Object.keys(question.sides).map((side) => rowOf(question, measure, side, samples)),
    })),
    floors: floors
      .filter(({ side }) => side in question.sides)
      .map((floor) => ({ ...floor, ...reached(floor, measures, samples) })),
    samples,
  };
}

function rowOf({ sides }, measure, side, samples) {
  const own = samples[side];
  if (!Array.isArray(own)) return { side, missing: own?.missing ?? "not asked for" };
  const values = own.map(measure.value);
  const row = {
    side,
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    cpuNanoseconds: median(own.map(cpuOf)) * 1000,
  };
  const { versus } = sides[side];
  const others = samples[versus];
  if (versus === side) return row;
  if (!Array.isArray(others)) return { ...row, versus };
  const faster = others.map((other, round) => {
    const quotient = values[round] / measure.value(other);
    return measure.lower ? 1 / quotient : quotient;
  });
  const more = others.map((other, round) => values[round] - measure.value(other));
  return {
    ...row,
    versus,
    speed: median(faster),
    cpu: median(own.map((sample, round) => cpuOf(sample) / cpuOf(others[round]))),
    ...(measure.difference && { more: median(more) }),
  };
}

/** { measure, reached, holds } of a floor; without `reached` where a side was not run. */
function reached(floor, measures, samples) {
  const label = floor.measure ?? Object.keys(measures)[0];
  const { value } = measures[label];
  const needed = [floor.side, floor.versus, floor.from, floor.fromVersus];
  const missing = needed.find((side) => side !== undefined && !Array.isArray(samples[side]));
  if (missing !== undefined) return { measure: label, missing, holds: false };
  const at = (side, round) => value(samples[side][round]);
  const quotient = (side, versus, round) => at(side, round) / at(versus, round);
  const figure = {
    "value ×": (round) => quotient(floor.side, floor.versus, round),
    "CPU ×": (round) => cpuOf(samples[floor.side][round]) / cpuOf(samples[floor.versus][round]),
    more: (round) => at(floor.side, round) - at(floor.versus, round),
    value: (round) => at(floor.side, round),
    "fall ×": (round) => {
      const before = quotient(floor.from, floor.fromVersus, round);
      return quotient(floor.side, floor.versus, round) / before;
    },
  }[floor.of];
  const median_ = median(samples[floor.side].map((_, round) => figure(round)));
  const { least = -Infinity, most = Infinity } = floor;
  return { measure: label, reached: median_, holds: median_ >= least && median_ <= most };
}

/** Microseconds of CPU per unit. */
function cpuOf({ cpuMicroseconds, units }) {
  return cpuMicroseconds / units;
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle];
  return (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Three digits: 0.0703, 25.1, 904, 887 k, 6.78 M. */
export function shown(value) {
  if (value < 0) return `-${shown(-value)}`;
  if (value >= 999_500) return `${(value / 1e6).toPrecision(3)} M`;
  if (value >= 9_995) return `${(value / 1e3).toPrecision(3)} k`;
  return value >= 999.5 ? Math.round(value).toLocaleString("en") : value.toPrecision(3);
}

/** `value ×` in `messages/s`: "≥ 5 ×", "≤ 10". */
export function boundOf({ of, least, most }) {
  const sign = least === undefined ? "≤" : "≥";
  const unit = of.endsWith("×") ? " ×" : "";
  return `${sign} ${of === "more" ? "+" : ""}${least ?? most}${unit}`;
}

export function verdictOf({ holds, missing }) {
  if (missing) return "not compared";
  return holds ? "holds" : "MISSED";
}
