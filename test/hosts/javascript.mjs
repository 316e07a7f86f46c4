/**
 * The hosts that run the package itself: this Node, the newer lines, Deno and Bun, each by program.mjs.
 *
 * Their binaries come as npm packages, 100 MB and more each, so they are not among the project's own: they
 * are installed into build/hosts/runtimes/. To take newer ones, edit runtimes/package.json and, beside it, run
 * `npm install --package-lock-only --omit-lockfile-registry-resolved`.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const pathOf = (path) => fileURLToPath(new URL(path, import.meta.url));
const WANTED = pathOf("runtimes/");
const INSTALLED = pathOf("../../build/hosts/runtimes/");
const PACKAGES = `${INSTALLED}node_modules`;
const PROGRAM = pathOf("program.mjs");
const BUNDLES = pathOf("../../build/hosts/javascript/");
/** What the program imports from there. */
const BUNDLED = ["player.ts", "suite.ts"];
const FILES = ["package.json", "package-lock.json"];
const FLAGS = [
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  "--prefer-offline",
  "--loglevel=error",
];

/** Each source finds the files it reads from where it stands, not from where the bundle does. */
const IN_PLACE = {
  name: "in-place",
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const url = JSON.stringify(pathToFileURL(path).href);
      return { loader: "ts", contents: read(path).replaceAll("import.meta.url", url) };
    });
  },
};

export const node = runtime("node", process.execPath, (path) => `Node ${tell(path)}`);
export const node22 = runtime(
  "node 22",
  `${PACKAGES}/node22/bin/node`,
  (path) => `Node ${tell(path)}`,
);
export const node24 = runtime(
  "node 24",
  `${PACKAGES}/node24/bin/node`,
  (path) => `Node ${tell(path)}`,
);
const ALLOWED = ["run", "--quiet", "--no-lock", "--allow-all"];
export const deno = runtime("deno", `${PACKAGES}/@deno/linux-x64-glibc/deno`, tell, ALLOWED);
export const bun = runtime(
  "bun",
  `${PACKAGES}/@oven/bun-linux-x64/bin/bun`,
  (path) => `Bun ${tell(path)}`,
);

function runtime(name, path, version, flags = []) {
  return {
    name,
    version: () => (fits() && existsSync(path) ? version(path) : null),
    install: prepare,
    command: (args) => [path, ...flags, PROGRAM, ...args],
    hasNet: true,
  };
}

/** The binaries are for one platform. */
function fits() {
  return process.platform === "linux" && process.arch === "x64";
}

function tell(path) {
  const { stdout } = spawnSync(path, ["--version"], { encoding: "utf8" });
  return stdout?.split(/\s*\(|\n/)[0].replace(/^v/, "") ?? "";
}

let prepared;

async function prepare() {
  prepared ??= Promise.all([fits() && installRuntimes(), bundle()]);
  await prepared;
}

function installRuntimes() {
  const current = FILES.every((file) => read(WANTED + file) === read(INSTALLED + file));
  if (current && existsSync(PACKAGES)) return;
  mkdirSync(INSTALLED, { recursive: true });
  for (const file of FILES) cpSync(WANTED + file, INSTALLED + file);
  const { status, stderr } = spawnSync("npm", ["ci", ...FLAGS], {
    cwd: INSTALLED,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`npm ci: ${stderr}`);
}

function bundle() {
  return build({
    entryPoints: BUNDLED.map(pathOf),
    outdir: BUNDLES,
    outExtension: { ".js": ".mjs" },
    alias: { vitest: pathOf("vitest.ts") },
    plugins: [IN_PLACE],
    bundle: true,
    platform: "node",
    format: "esm",
    logLevel: "error",
  });
}

function read(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
