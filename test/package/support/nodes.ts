/**
 * The Nodes that the package is tried on: the one that runs us, and the newer lines named in
 * test/package/nodes/package.json.
 *
 * Those are binaries for one platform, 190 MB each, so they are not among the project's own packages
 * (where one would also become the `node` of every npm script): they are installed into build/nodes/
 * when these tests first run. To take newer ones, edit package.json there and, beside it, run
 * `npm install --package-lock-only --omit-lockfile-registry-resolved`.
 */
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { npm } from "./npm.ts";

export interface NodeProgram {
  /** Such as "Node 22". */
  readonly name: string;
  readonly path: string;
  /** Why it cannot be run on this machine. */
  readonly missing?: string;
}

const FILES = ["package.json", "package-lock.json"];

export function installNodes(root: string): NodeProgram[] {
  const wanted = join(root, "test/package/nodes");
  const installed = join(root, "build/nodes");
  const missing = unfit();
  const { optionalDependencies } = JSON.parse(read(join(wanted, "package.json"))) as {
    optionalDependencies: Record<string, string>;
  };
  const others = Object.keys(optionalDependencies).map((alias) => ({
    name: alias.replace("node", "Node "),
    path: join(installed, "node_modules", alias, "bin/node"),
    ...(missing !== undefined && { missing }),
  }));
  if (missing === undefined) {
    install(
      wanted,
      installed,
      others.map(({ path }) => path),
    );
  }
  return [{ name: `Node ${process.versions.node} (this one)`, path: process.execPath }, ...others];
}

/** Why the binaries do not run here, if they do not. */
function unfit(): string | undefined {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return `not run: its binary is for linux-x64, this is ${process.platform}-${process.arch}`;
  }
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime ? undefined : "not run: its binary needs glibc";
}

/** npm leaves out an optional package that it cannot get, so what counts is what is there. */
function install(wanted: string, installed: string, binaries: readonly string[]): void {
  const current = FILES.every((file) => read(join(wanted, file)) === read(join(installed, file)));
  if (current && binaries.every(existsSync)) return;
  console.log("test:package: installing the other Nodes into build/nodes/");
  mkdirSync(installed, { recursive: true });
  for (const file of FILES) cpSync(join(wanted, file), join(installed, file));
  npm(["ci", "--no-audit", "--no-fund", "--prefer-offline"], installed);
}

function read(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
