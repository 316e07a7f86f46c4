/**
 * What the demonstration has to say at its end: one table of the legs, then the engine's memory
 * and copies in words. Fits 80 columns.
 */
import { styleText } from "node:util";
import { getBorderCharacters, table } from "table";
import { MIB } from "./payload.mjs";

const HEAD = ["leg", "MiB", "MiB/s", "peak\nbuffered", "drains", "suspends", "SHA-256"];

/** The table of all legs, as text. */
export function resultTable(results) {
  const rows = results.map((result) => [
    result.name,
    mib(result.bytes),
    mib(result.rate),
    `${Math.ceil(result.bufferedPeak / 1024)} KiB`,
    result.drains,
    result.suspends,
    result.equal ? paint("green", "equal") : paint("red", "DIFFERS"),
  ]);
  return table([HEAD, ...rows], {
    border: getBorderCharacters("norc"),
    columnDefault: { alignment: "right" },
    columns: [{ alignment: "left" }, {}, {}, {}, {}, {}, { alignment: "left" }],
    drawHorizontalLine: (line, lines) => line <= 1 || line === lines,
  });
}

/** What the engine held and copied, as text. */
export function engineWords({ memoryBytes, poolBytes, bytesCopied }, poolPeakBytes, bytesMoved) {
  const peak = (poolPeakBytes / MIB).toFixed(1);
  const copies = (bytesCopied / bytesMoved).toFixed(2);
  return [
    `Engine memory   ${mib(memoryBytes)} MiB, a fixed size. All sockets share a pool of`,
    `                ${mib(poolBytes)} MiB in it; at most ${peak} MiB were in use.`,
    `Copies          ${copies} per byte that was sent or received: one in send(), so`,
    "                that the app may reuse its buffer; none in receiving, for the",
    "                kernel writes straight into engine memory.",
  ].join("\n");
}

/** Coloured where colours are seen. */
export function paint(style, text) {
  const { NO_COLOR, TERM } = process.env;
  return process.stdout.isTTY && !NO_COLOR && TERM !== "dumb" ? styleText(style, text) : text;
}

function mib(bytes) {
  return Math.round(bytes / MIB);
}
