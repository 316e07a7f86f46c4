/** Runs a program of this checkout with Node, gives it its input, and returns what it printed. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** @throws with what it complained of, unless it ends well */
export function run(program: string, args: readonly string[] = [], input = ""): Promise<string> {
  return new Promise((done, fail) => {
    const options = { cwd: ROOT, maxBuffer: 1 << 26 };
    const child = execFile(process.execPath, [program, ...args], options, (error, stdout) => {
      if (error === null) done(stdout);
      else fail(error);
    });
    child.stdin?.on("error", () => {}); // it ended before it had read everything: its code tells
    child.stdin?.end(input);
  });
}
