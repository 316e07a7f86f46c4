/**
 * What the charts show, from the results of a run (bench/results/*.json), without drawing it: a chart for
 * each question, all of its sides from best to worst, and one of all floors.
 *
 * A chart: { file, title, panels: [{ label, rows: [{ name, kind, value, text, min, max }], log, line }] };
 * all panels have the same rows in the same order. `kind` says whose row it is, and with that its colour.
 */
import { boundOf, shown } from "../results.mjs";

/** Questions whose sides are a series, in its order, and those that charts say nothing about. */
const IN_ORDER = new Set(["many-sockets"]);
const NOT_DRAWN = new Set(["linear"]);

/** @param run what a file in bench/results/ holds */
export function chartsOf(run) {
  const drawn = run.questions.filter(({ name }) => !NOT_DRAWN.has(name));
  return [...drawn.map((question) => questionChart(question)), floorsChart(run.questions)];
}

function questionChart({ name, unit, measures }) {
  const [first, second] = measures;
  const rows = first.rows.filter((row) => !row.missing);
  const order = IN_ORDER.has(name) ? rows : rows.toSorted(better(first));
  const names = order.map(({ side }) => side);
  const panel = (label, cells) => ({ label, rows: names.map(cells) });
  const figures = ({ label, rows }) =>
    panel(label, (side) => {
      const { median, min, max } = rows.find((row) => row.side === side);
      return { name: side, kind: kindOf(side), value: median, text: shown(median), min, max };
    });
  const cpu = panel(`CPU ns/${unit}`, (side) => {
    const { cpuNanoseconds: value } = order.find((row) => row.side === side);
    return { name: side, kind: kindOf(side), value, text: shown(value) };
  });
  return {
    file: `${name}.svg`,
    title: name,
    panels: [figures(first), second ? figures(second) : cpu],
  };
}

function better({ lower }) {
  return (one, other) => (lower ? one.median - other.median : other.median - one.median);
}

/** How far each is from its floor: 1 is the floor, more is better, whatever the floor is about. */
function floorsChart(questions) {
  const rows = questions
    .filter(({ name }) => !NOT_DRAWN.has(name))
    .flatMap(({ name, floors }) => floors.map((floor) => ({ question: name, ...floor })))
    .filter(({ of, reached }) => reached > 0 && of !== "more")
    .map((floor) => {
      const { question, side, versus, of, reached, least, most } = floor;
      const value = least === undefined ? most / reached : reached / least;
      const about = of === "CPU ×" ? "CPU" : floor.measure;
      const beside = versus === undefined ? "" : ` : ${versus}`;
      return {
        name: `${question}, ${about} — ${side}${beside}`,
        kind: floor.holds ? "ours" : "missed",
        value,
        text: `${shown(reached)} (${boundOf(floor)})`,
      };
    });
  return {
    file: "floors.svg",
    title: "floors",
    panels: [{ label: "right of the line: it holds", rows, log: true, line: 1 }],
  };
}

function kindOf(side) {
  if (side.startsWith("sansock")) return "ours";
  if (side.startsWith("limit") || side === "discard") return "limit";
  return /^twin\b/.test(side) ? "twin" : "other";
}
