/**
 * The parts of docs/performance.md and README.md that results fill, each between `<!-- name -->` and `<!-- end -->`: so
 * the page cannot disagree with them.
 */
import { boundOf, shown } from "../results.mjs";
import { chartsOf } from "./data.mjs";

/** The results that the charts show. */
export const DRAWN = "node20.json";

const PARTS = {
  machines: machinesOf,
  floors: floorsTable,
  figures: figuresTable,
  charts: chartsShown,
  shown: twoShown,
};

/**
 * @param names of the parts that the page has
 * @param runs by file name, what it holds
 */
export function filled(page, names, runs) {
  return names.reduce((text, name) => {
    const part = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- end -->)`);
    if (!part.test(text)) throw new Error(`the page has no part <!-- ${name} -->`);
    return text.replace(part, (_, begin, end) => `${begin}${PARTS[name](runs)}${end}`);
  }, page);
}

/** A line for each run. */
function machinesOf(runs) {
  const lines = Object.entries(runs).map(([file, run]) => {
    const gibibytes = Math.round(run.memoryBytes / 1024 ** 3);
    const congestion = run.congestion ? `, ${run.congestion}` : "";
    const machine = `${run.cores} × ${run.cpu}, ${gibibytes} GiB, ${run.platform}${congestion}`;
    const load = `load before ${run.load.toFixed(1)}`;
    const commit = `commit ${run.commit}${run.changed ? " and changes" : ""}`;
    const when = `${run.date.slice(0, 10)}, ${run.rounds} rounds${run.quick ? ", --quick" : ""}`;
    return `- \`${file}\`: Node ${run.node}, ${machine}, ${when}, ${load}, ${commit}: \`${run.command}\`\n`;
  });
  return lines.join("") || "No run yet.\n";
}

/** A row for each floor, a column for each run. */
function floorsTable(runs) {
  const files = Object.keys(runs);
  if (files.length === 0) return "No run yet.\n";
  const keyOf = (name, { side, versus, of, measure }) =>
    [name, side, versus, of, measure].join("|");
  const byRun = files.map((file) => {
    const floors = runs[file].questions.flatMap(({ name, floors }) =>
      floors.map((floor) => [keyOf(name, floor), { question: name, ...floor }]),
    );
    return new Map(floors);
  });
  const keys = new Set(byRun.flatMap((floors) => [...floors.keys()]));
  const rows = [...keys].map((key) => {
    const floor = byRun.find((floors) => floors.has(key)).get(key);
    return [
      floor.question,
      floor.side,
      floor.versus ?? "",
      `${floor.of}, ${floor.measure}`,
      boundOf(floor),
      ...byRun.map((floors) => reachedCell(floors.get(key))),
    ];
  });
  return markdown(["question", "side", "beside", "of", "floor", ...files.map(runName)], rows);
}

function reachedCell(floor) {
  if (floor === undefined) return "";
  if (floor.reached === undefined) return "not run";
  return floor.holds ? shown(floor.reached) : `**${shown(floor.reached)}**, missed`;
}

/** Medians and CPU of every side in its first measure. */
function figuresTable(runs) {
  const files = Object.keys(runs);
  if (files.length === 0) return "No run yet.\n";
  const [first] = files;
  const rows = runs[first].questions.flatMap(({ name, unit, measures: [{ label, rows }] }) =>
    rows.map(({ side }) => [
      name,
      side,
      ...files.map((file) => figureCell(runs[file], name, side, label, unit)),
    ]),
  );
  return markdown(["question", "side", ...files.map(runName)], rows);
}

/** A chart for each question, once there are any. */
function chartsShown(runs) {
  if (runs[DRAWN] === undefined) return "";
  return chartsOf(runs[DRAWN])
    .map(({ file, title }) => `### ${title}\n\n![${title}](charts/${file})\n\n`)
    .join("");
}

/** For README: messages, and all floors. */
function twoShown(runs) {
  if (runs[DRAWN] === undefined) return "";
  const image = (what, file) => `\n![${what}](docs/charts/${file})\n\n`;
  return (
    image("64-byte messages received", "messages-length.svg") +
    "What we hold ourselves to, each row in one run; orange is missed:\n" +
    image("floors and what is reached", "floors.svg")
  );
}

function figureCell({ questions }, name, side, label, unit) {
  const question = questions.find((one) => one.name === name);
  const row = question?.measures[0].rows.find((one) => one.side === side);
  if (row === undefined) return "";
  if (row.missing) return "not run";
  return `${shown(row.median)} ${label}, ${shown(row.cpuNanoseconds)} ns CPU/${unit}`;
}

function runName(file) {
  return file.replace(/\.json$/, "");
}

function markdown(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |\n`;
  return [head, head.map(() => "---"), ...rows].map(line).join("");
}
