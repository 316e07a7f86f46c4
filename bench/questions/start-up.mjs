/**
 * How much later does a program end that imports the library and makes its first socket, than one
 * that does nothing? Both are files, ES modules, so what Node takes to read one is in both. Pairs of
 * processes, the empty one first; a round yields the median of their differences, in real time and in
 * CPU time (the column CPU/unit is about who starts them). What Node takes to read another file, an
 * empty one, has a line of its own: it comes before any library.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { valueMost } from "../floors.mjs";
import { DIST } from "../library.mjs";

const NET = "node:net";
const LIBRARY = new URL("index.js", DIST);
const EMPTY = new URL("../empty.mjs", import.meta.url);
const DISCARD = 9; // nobody needs to listen: the program ends before anybody answers

/** As cheap a way as any to say it: process.stdout would be made for it. */
const END =
  'process.getBuiltinModule("fs").writeSync(1, JSON.stringify(process.cpuUsage())); process.exit();';

const socketOf = (module, make) =>
  `import * as library from ${JSON.stringify(module)}; ${make}; ${END}`;

export const startUp = {
  name: "start-up",
  unit: "start",
  amount: 15,
  quick: 2,
  subject: "run",
  sides: {
    sansock: {
      program: socketOf(LIBRARY, `new library.TCPSocket("127.0.0.1", ${DISCARD})`),
      versus: NET,
    },
    [NET]: { program: socketOf(NET, `library.connect(${DISCARD}, "127.0.0.1")`), versus: NET },
    "empty file": { program: socketOf(EMPTY, ""), versus: NET },
  },
  floors: [valueMost("sansock", 10)],
  grows: "each start is a process that ends",
  measures: {
    "ms over bare Node": { value: ({ over }) => over.real, lower: true, difference: true },
    "CPU ms over bare Node": { value: ({ over }) => over.cpu, lower: true, difference: true },
  },

  run({ program }, _port, amount) {
    const folder = mkdtempSync(join(tmpdir(), "start-up-"));
    const timed = (text) => timeOf(join(folder, "program.mjs"), text);
    const start = performance.now();
    const pairs = Array.from({ length: amount }, () => {
      const bare = timed(END);
      const full = timed(program);
      return { real: full.real - bare.real, cpu: full.cpu - bare.cpu };
    });
    const over = { real: median(pairs, "real"), cpu: median(pairs, "cpu") };
    const seconds = (performance.now() - start) / 1000;
    rmSync(folder, { recursive: true });
    return { units: amount, seconds, over };
  },
};

/** Milliseconds a process took that runs `program`. */
function timeOf(file, program) {
  writeFileSync(file, program);
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, [file]);
  const real = performance.now() - start;
  if (status !== 0) throw new Error(`a program failed: ${stderr}`);
  const { user, system } = JSON.parse(stdout);
  return { real, cpu: (user + system) / 1000 };
}

function median(pairs, kind) {
  const sorted = pairs.map((pair) => pair[kind]).toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
