/**
 * A copy of the checkout for planting bugs in, and the suites run on it, in processes of their own.
 *
 * Copies lie in build/planted/; the checkout itself is only read. `clean` is one without a bug: the others
 * begin with its build, and what fails is tried there too.
 */
import { spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";

const FOLDER = "build/planted";
const REMOVE = { recursive: true, force: true };
const VITEST = ["node_modules/vitest/vitest.mjs", "run", "--config", "test/vitest.config.ts"];
/** These look at the sources themselves, and would see any edit. */
const ABOUT_SOURCES = ["test/planted.test.ts", "test/tidy.test.ts", "test/layout.test.ts"];

export class Tree {
  /** Absolute, so that children can be started there. */
  #folder;
  #seed;

  constructor(name, seed) {
    this.#folder = resolve(FOLDER, name);
    this.#seed = seed;
  }

  /** Copies what git would commit; what was built in a run before may still be good. */
  fill() {
    mkdirSync(this.#folder, { recursive: true });
    for (const name of readdirSync(this.#folder)) {
      if (name !== "build" && name !== "dist") rmSync(join(this.#folder, name), REMOVE);
    }
    const listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    const { stdout } = spawnSync("git", listed, { encoding: "utf8", maxBuffer: 1 << 26 });
    for (const file of stdout.split("\0").filter((file) => file !== "" && existsSync(file))) {
      const to = join(this.#folder, file);
      mkdirSync(dirname(to), { recursive: true });
      cpSync(file, to);
    }
    symlinkSync(resolve("node_modules"), join(this.#folder, "node_modules"), "junction");
  }

  /** Takes over what another tree has built. */
  takeBuild(other) {
    for (const name of ["build", "dist"]) {
      const to = join(this.#folder, name);
      rmSync(to, REMOVE);
      cpSync(join(other.#folder, name), to, { recursive: true });
    }
  }

  read(file) {
    return readFileSync(join(this.#folder, file), "utf8");
  }

  write(file, text) {
    writeFileSync(join(this.#folder, file), text);
  }

  /** What the simulator needs of a core that has changed, and the scripts on that build. */
  buildForSimulator() {
    return this.#run(["scripts/planted-core.mjs"], 120);
  }

  build() {
    return this.#run(["scripts/build.mjs", "--missing", "--no-types"], 300);
  }

  /** What went wrong in the first `seeds` schedules, or null. */
  async simulate(seeds) {
    const args = ["--seeds", String(seeds), "--workers", "1", "--restart"];
    const { code, output } = await this.#run(["scripts/simulate.mjs", ...args], 180);
    if (code === 0) return null;
    if (code === null) return { test: "does not end" };
    const lines = output
      .split("\n")
      .filter((line) => /[a-z]/i.test(line) && !/seeds, \d/.test(line));
    return { test: lines[0]?.trim() ?? `exit code ${code}` };
  }

  /** The first test that fails in files whose paths contain one of these, or null. */
  async test(filters, seconds, without = [], named = []) {
    const report = join(this.#folder, "build/report.json");
    rmSync(report, { force: true });
    const flags = ["--project", "unit", "--bail", "1", "--maxWorkers", "1", "--passWithNoTests"];
    const exclude = [...ABOUT_SOURCES, ...without].flatMap((file) => ["--exclude", file]);
    const only = named.flatMap((name) => ["--testNamePattern", name]);
    const reporter = ["--reporter", "json", "--outputFile", report];
    const args = [...VITEST, ...flags, ...exclude, ...only, ...reporter, ...filters];
    const { code, output } = await this.#run(args, seconds);
    if (code === 0) return null;
    const failed = existsSync(report)
      ? firstFailed(JSON.parse(readFileSync(report, "utf8")))
      : null;
    if (failed === null) return { test: code === null ? "does not end" : lastLine(output) };
    return { file: failed.file.slice(this.#folder.length + 1), test: failed.test };
  }

  /** Ends the whole group when the time is over: tests have children, too. */
  #run(args, seconds) {
    const env = { ...process.env, SEED: this.#seed, NO_COLOR: "1", FORCE_COLOR: undefined };
    const stdio = ["ignore", "pipe", "pipe"];
    const child = spawn(process.execPath, args, { cwd: this.#folder, detached: true, env, stdio });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => {
        output = `${output}${text}`.slice(-1_000_000);
      });
    }
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      process.kill(-child.pid, "SIGKILL");
    }, seconds * 1000);
    return new Promise((done) => {
      child.on("close", (code) => {
        clearTimeout(timer);
        done({ code: late ? null : (code ?? 1), output });
      });
    });
  }
}

function firstFailed({ testResults }) {
  for (const { name, status, message, assertionResults } of testResults) {
    const failed = assertionResults.find((one) => one.status === "failed");
    if (failed !== undefined) return { file: name, test: failed.fullName };
    if (status === "failed") return { file: name, test: message.split("\n")[0] };
  }
  return null;
}

function lastLine(output) {
  return output.trimEnd().split("\n").at(-1) ?? "";
}
