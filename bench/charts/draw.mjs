/**
 * A chart as SVG, drawn by ECharts without a browser. Its colours are attributes, and a style turns the
 * few that would not be seen on a dark page, so one file serves both; nothing in it runs or is fetched.
 */
import { loadFrom } from "../packages.mjs";

const WIDTH = 860;
const ROW = 22;
const TITLE = 34;
const FOOT = 8;
const LABEL_PIXELS_EACH = 6.6;
const TEXT_PIXELS = 64;

const TEXT = "#1f2328";
const FAINT = "#818b98";
const COLOURS = {
  ours: "#0969da",
  missed: "#d1570a",
  twin: "#54aeff",
  limit: "#8250df",
  other: "#afb8c1",
};
const DARK = { [TEXT]: "#e6edf3", [COLOURS.other]: "#656d76", [COLOURS.ours]: "#2f81f7" };

/** What is to be called once, then for each chart; see data.mjs. */
export async function drawer() {
  const echarts = await loadFrom("charts", "echarts");
  return (chart) => {
    const height = TITLE + chart.panels[0].rows.length * ROW + FOOT;
    const drawn = echarts.init(null, null, { renderer: "svg", ssr: true, width: WIDTH, height });
    drawn.setOption(optionOf(chart, height));
    const svg = drawn.renderToSVGString();
    drawn.dispose();
    return withStyle(svg, chart.title);
  };
}

function optionOf({ panels }, height) {
  const names = panels[0].rows.map(({ name }) => name);
  const left = Math.ceil(Math.max(...names.map((name) => name.length)) * LABEL_PIXELS_EACH) + 12;
  const width = (WIDTH - left) / panels.length;
  const gridOf = (_, index) => ({
    ...{ left: left + index * width, width: width - textPixels(panels[index]) },
    ...{ top: TITLE, height: height - TITLE - FOOT },
  });
  return {
    animation: false,
    title: panels.map(({ label }, index) => ({
      ...{ text: label, left: left + index * width, top: 6 },
      textStyle: { color: TEXT, fontSize: 13, fontWeight: "bold" },
    })),
    grid: panels.map(gridOf),
    xAxis: panels.map(({ log }, gridIndex) => ({
      ...{ type: log ? "log" : "value", gridIndex, show: false },
      ...(log && { min: 0.25 }),
    })),
    yAxis: panels.map((_, gridIndex) => ({
      ...{ type: "category", gridIndex, data: names, inverse: true },
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { show: gridIndex === 0, color: TEXT, fontSize: 12, interval: 0 },
    })),
    series: panels.flatMap(seriesOf),
  };
}

function textPixels({ rows }) {
  const longest = Math.max(...rows.map(({ text }) => text.length));
  return Math.max(TEXT_PIXELS, longest * LABEL_PIXELS_EACH + 16);
}

function seriesOf({ rows, log, line = 0 }, index) {
  const at = { xAxisIndex: index, yAxisIndex: index, silent: true };
  const bars = {
    ...{ type: "bar", ...at, barWidth: 13 },
    ...(log && { markLine: floorLine(line) }),
    data: rows.map(({ kind, value }) => ({ value, itemStyle: { color: COLOURS[kind] } })),
  };
  const spreads = {
    ...{ type: "custom", ...at, encode: { x: [0, 2], y: 1 } },
    data: rows.map(({ value, min = value, max = value }, row) => [min, row, max]),
    renderItem: spread(rows, line),
  };
  return [bars, spreads];
}

function floorLine(line) {
  return {
    ...{ symbol: "none", silent: true, label: { show: false } },
    ...{ data: [{ xAxis: line }], lineStyle: { color: TEXT, type: "solid", width: 1 } },
  };
}

/** A line from the smallest round to the largest, and behind both the text. */
function spread(rows, line) {
  return (_params, api) => {
    const [min, row, max] = [0, 1, 2].map((cell) => api.value(cell));
    const [x1, y] = api.coord([min, row]);
    const [x2] = api.coord([max, row]);
    const [base] = api.coord([line, row]);
    const from = {
      type: "line",
      shape: { x1, y1: y, x2, y2: y },
      style: { stroke: FAINT, lineWidth: 2 },
    };
    const style = { text: rows[row].text, fill: TEXT, fontSize: 12, verticalAlign: "middle" };
    const text = { type: "text", x: Math.max(x2, base) + 8, y, style };
    return { type: "group", children: max > min ? [from, text] : [text] };
  };
}

function withStyle(svg, title) {
  const rules = Object.entries(DARK).flatMap(([light, dark]) => [
    `[fill="${light}"]{fill:${dark}}`,
    `[stroke="${light}"]{stroke:${dark}}`,
  ]);
  const style = `<style>@media (prefers-color-scheme:dark){${rules.join("")}}</style>`;
  return `${svg
    .replace(/<style ?>[\s\S]*?<\/style>/g, "")
    .replace(/ (?:ecmeta_\w+|class|xml:space)="[^"]*"/g, "")
    .replace(/>/, ` role="img"><title>${title}</title>${style}`)
    .replace(/\n+/g, "\n")
    .trim()}\n`;
}
