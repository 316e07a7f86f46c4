/**
 * Makes a checkout ready to run: installs the packages of package-lock.json when node_modules does
 * not match it, then builds when a source has changed. Every npm script begins with it, so a fresh
 * clone needs no other step. With nothing to do it says nothing and takes well under 200 ms.
 *
 *   node scripts/setup.mjs [--types | --install-only]      --types: the build includes declarations
 */
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { hash, isBuilt, read } from "./stamp.mjs";

const INSTALL_STAMP = "node_modules/.sansock-stamp";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19))
  fail(`Node ${process.version} is too old, 20.19 is needed`);

const wanted = hash(["package-lock.json"], `node ${major}`);
if (read(INSTALL_STAMP) !== wanted) install();
if (!process.argv.includes("--install-only")) build();

function install() {
  // Whoever ran `npm ci` by hand is not made to wait for it again.
  if (read(INSTALL_STAMP) !== "" || !isInstalled()) {
    console.log("setup: installing packages (npm ci)");
    rmSync(INSTALL_STAMP, { force: true });
    const flags = ["--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
    run("npm ci", ...npm(), "ci", ...flags);
  }
  writeFileSync(INSTALL_STAMP, `${wanted}\n`);
}

function build() {
  const types = process.argv.includes("--types");
  if (isBuilt(types)) return;
  console.log("setup: building what the sources have changed");
  const flags = types ? ["--missing"] : ["--missing", "--no-types"];
  run("the build", process.execPath, "scripts/build.mjs", ...flags);
}

/** npm writes its hidden lockfile last, so one that agrees with ours means a complete install. */
function isInstalled() {
  const hidden = read("node_modules/.package-lock.json");
  if (hidden === "") return false;
  const installed = JSON.parse(hidden).packages;
  return Object.entries(JSON.parse(read("package-lock.json")).packages).every(
    ([path, { version, optional }]) =>
      path === "" || optional || installed[path]?.version === version,
  );
}

/** Inside `npm run`, that same npm; else the one on the PATH. */
function npm() {
  const cli = process.env.npm_execpath ?? "";
  return cli.endsWith("npm-cli.js") ? [process.execPath, cli] : ["npm"];
}

function run(what, command, ...args) {
  const shell = process.platform === "win32" && command === "npm";
  const { status, signal, error } = spawnSync(command, args, { stdio: "inherit", shell });
  if (status !== 0)
    fail(`${what} failed (${error?.message ?? signal ?? `exit code ${status}`}), see above`);
}

function fail(message) {
  console.error(`setup: ${message}`);
  process.exit(1);
}
