/** Runs a program of examples/ as its reader would. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const PATIENCE_MILLISECONDS = 20_000;

export interface Outcome {
  /** What it printed. */
  readonly lines: string[];
  /** What it complained of. */
  readonly complaints: string;
  /** Its exit code; null if it had to be ended. */
  readonly code: number | null;
}

export function pathOf(example: string): string {
  return fileURLToPath(new URL(`../../examples/${example}.mjs`, import.meta.url));
}

/** Runs it to its end. */
export async function runExample(name: string, ...args: readonly unknown[]): Promise<Outcome> {
  const command = [pathOf(name), ...args.map(String)];
  const child = spawn(process.execPath, command, { timeout: PATIENCE_MILLISECONDS });
  let printed = "";
  let complaints = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { lines: printed.replace(/\n$/, "").split("\n"), complaints, code };
}
