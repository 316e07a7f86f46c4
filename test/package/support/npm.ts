/** Runs npm: the one that runs us, else the one on the PATH. */
import { execFileSync } from "node:child_process";

/** What it printed; what it complained of is part of the error. */
export function npm(args: readonly string[], cwd: string): string {
  const cli = process.env.npm_execpath ?? "";
  const own = cli.endsWith("npm-cli.js");
  const command = own ? process.execPath : "npm";
  return execFileSync(command, own ? [cli, ...args] : args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    shell: !own && process.platform === "win32",
  });
}
