/**
 * Bun, for the sides that run in it. Its binary comes as an npm package for each platform, 100 MB,
 * so it is not among the project's own packages: it is installed into build/bun/ when a question
 * first asks for it. To take a newer one, edit bun/package.json and, beside it, run
 * `npm install --package-lock-only --omit-lockfile-registry-resolved`.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const WANTED = fileURLToPath(new URL("bun/", import.meta.url));
const INSTALLED = fileURLToPath(new URL("../build/bun/", import.meta.url));
const FILES = ["package.json", "package-lock.json"];
const FLAGS = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];

let found;

/** { path } of the binary, or { missing }: why there is none. */
export function bun() {
  found ??= find();
  return found;
}

function find() {
  const current = FILES.every((file) => read(WANTED + file) === read(INSTALLED + file));
  if (!current || binary() === undefined) {
    const failure = install();
    if (failure) return { missing: failure };
  }
  const path = binary();
  if (path === undefined) {
    return { missing: `no Bun could be had for ${process.platform}-${process.arch}` };
  }
  const { status, error, signal } = spawnSync(path, ["--version"]);
  if (status === 0) return { path };
  return { missing: `Bun does not start: ${error?.message ?? signal ?? `exit code ${status}`}` };
}

/** npm leaves out an optional package that it cannot get, so what counts is what is there. */
function binary() {
  const scope = `${INSTALLED}node_modules/@oven/`;
  const platforms = existsSync(scope) ? readdirSync(scope) : [];
  const paths = platforms.flatMap((name) =>
    ["bun", "bun.exe"].map((b) => `${scope}${name}/bin/${b}`),
  );
  return paths.find(existsSync);
}

function install() {
  mkdirSync(INSTALLED, { recursive: true });
  for (const file of FILES) cpSync(WANTED + file, INSTALLED + file);
  const cli = process.env.npm_execpath ?? "";
  const own = cli.endsWith("npm-cli.js");
  const { status, error, signal } = spawnSync(
    own ? process.execPath : "npm",
    [...(own ? [cli] : []), "ci", ...FLAGS],
    { cwd: INSTALLED, shell: !own && process.platform === "win32" },
  );
  if (status === 0) return undefined;
  return `Bun could not be installed: ${error?.message ?? signal ?? `npm ci, exit code ${status}`}`;
}

function read(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
