/**
 * Packages that only the speed probe needs: too large, or too old, to be among the project's own. Each
 * folder (runtimes/, peers/, charts/) has its package.json and lockfile; it is installed into build/bench/
 * when something in it is first asked for, and no script of a package runs. To take newer ones, edit
 * package.json and, beside it, run
 * `npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts`.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const FILES = ["package.json", "package-lock.json"];
const FLAGS = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
const LOADER = "load.mjs";

/**
 * Installs what is not there yet.
 * @returns {{ folder: string, missing?: string }} where, with `/` at its end; or why not
 */
export function installed(name) {
  const wanted = fileURLToPath(new URL(`${name}/`, import.meta.url));
  const folder = fileURLToPath(new URL(`../build/bench/${name}/`, import.meta.url));
  const current = FILES.every((file) => read(wanted + file) === read(folder + file));
  if (current && existsSync(folder + LOADER)) return { folder };
  mkdirSync(folder, { recursive: true });
  for (const file of FILES) cpSync(wanted + file, folder + file);
  const missing = install(folder);
  if (missing) return { folder, missing };
  // written last: its presence means a complete install; an import from there finds the packages there
  writeFileSync(folder + LOADER, "export const load = (name) => import(name);\n");
  return { folder };
}

/** Imports a package of a folder that is installed. */
export async function loadFrom(name, specifier) {
  const { folder, missing } = installed(name);
  if (missing) throw new Error(`${specifier}: ${missing}`);
  const { load } = await import(pathToFileURL(folder + LOADER));
  return load(specifier);
}

function install(folder) {
  const cli = process.env.npm_execpath ?? "";
  const own = cli.endsWith("npm-cli.js");
  const { status, error, signal } = spawnSync(
    own ? process.execPath : "npm",
    [...(own ? [cli] : []), "ci", ...FLAGS],
    { cwd: folder, shell: !own && process.platform === "win32" },
  );
  if (status === 0) return undefined;
  return `it could not be installed: ${error?.message ?? signal ?? `npm ci, exit code ${status}`}`;
}

function read(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
