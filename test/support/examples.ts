/**
 * Examples of the documentation as programs: what stands in a page or a docstring, what it prints
 * when run on what is built, and what its comments say that it prints.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as sansock from "../../bindings/index.ts";

const ROOT = new URL("../..", import.meta.url);
const run = promisify(execFile);

export interface Example {
  /** File and line it begins at. */
  readonly at: string;
  readonly code: string;
}

export function read(file: string): string {
  return readFileSync(new URL(file, ROOT), "utf8");
}

/** The blocks of JavaScript in a page, or in the docstrings of a source. */
export function examplesOf(file: string): Example[] {
  const page = read(file);
  const fence = /^( *(?:\* )?)```(?:js|ts).*\n([\s\S]*?)^ *(?:\* )?```$/gm;
  return [...page.matchAll(fence)].map(({ index, 1: margin = "", 2: code = "" }) => {
    const line = page.slice(0, index).split("\n").length + 1;
    const bare = code.split("\n").map((one) => one.slice(margin.length));
    return { at: `${file}:${line}`, code: bare.join("\n").trim() };
  });
}

/** What an example says it prints: the comments behind console.log(), in order. */
export function saidBy({ code }: Example): string[] {
  return [...code.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, text = ""]) => text);
}

/**
 * What a reader has anyway: the names of the package, in `port` somebody who listens, here an echo, and
 * in `cert`, `key` and `ca` a certificate for localhost.
 */
function preludeOf(code: string): string {
  const used = Object.keys(sansock).filter((name) => new RegExp(`\\b${name}\\b`).test(code));
  const imported = /from "sansock"/.test(code) ? [] : used;
  const echo = `
    const { port } = await new Promise((resolve) => {
      const server = net.createServer((socket) => socket.unref().on("error", () => {}).pipe(socket));
      server.listen(0, () => resolve(server.address())).unref();
    });`;
  const certificate = `
    import { makeCertificate } from "./scripts/certificate.mjs";
    const { cert, key, ca } = await makeCertificate();`;
  return `
    import { ${imported.join(", ")} } from "sansock";
    import net from "node:net";
    ${/\bport\b/.test(code) ? echo : ""}
    ${/\{ (?:cert, key|ca) \}/.test(code) ? certificate : ""}`;
}

/** Runs it as a program of this package, to its end, and returns the lines it prints. */
export async function print({ code }: Pick<Example, "code">, before = preludeOf(code)) {
  const program = ["--input-type=module", "-e", `${before}\n${code}`];
  const options = { cwd: fileURLToPath(ROOT), timeout: 10_000 };
  const { stdout } = await run(process.execPath, program, options);
  return stdout.trimEnd().split("\n");
}
