/**
 * Other users, for programs that do not run as root: what belongs to them, and running as them. Who
 * is not root runs everything as himself.
 */
import { execFile } from "node:child_process";
import { chmodSync } from "node:fs";
import { promisify } from "node:util";

const isRoot = process.getuid?.() === 0;

/** The folder and all that is in it, from now on. */
export async function giveTo(user: string, folder: string): Promise<void> {
  chmodSync(folder, 0o755);
  if (isRoot) await promisify(execFile)("chown", ["-R", user, folder]);
}

/** The command line with which a program runs as `user`, under the pid it is started with. */
export function runAs(
  user: string,
  path: string,
  args: readonly string[],
): [path: string, args: string[]] {
  if (!isRoot) return [path, [...args]];
  return ["setpriv", [`--reuid=${user}`, `--regid=${user}`, "--clear-groups", path, ...args]];
}

/** The numbers by which the system knows a user. */
export async function idOf(user: string): Promise<{ uid: number; gid: number }> {
  const id = async (flag: string) => Number((await promisify(execFile)("id", [flag, user])).stdout);
  return { uid: await id("-u"), gid: await id("-g") };
}
