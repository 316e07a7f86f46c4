/**
 * The programs of Debian that stand at the other end of the wire, installed with apt-get when they
 * are missing. What cannot be installed fails the tests that need it, and says what to do: a test
 * that did not run must never look like one that passed.
 */
import { execFile } from "node:child_process";
import { accessSync, constants, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

/** For the beforeAll() that calls need(): package lists and a few packages over a slow line. */
export const INSTALL_MILLISECONDS = 240_000;

/** For tests that move megabytes, on a machine that has much else to do. */
export const PEER_TEST_MILLISECONDS = 60_000;

// Daemons lie in sbin, which is not on everybody's PATH.
const FOLDERS = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"];
const POSTGRESQL = "/usr/lib/postgresql";

const APT = [
  "apt-get install --yes --no-install-recommends",
  "-o DPkg::Lock::Timeout=120 -o Acquire::Retries=1 -o Acquire::http::Timeout=30",
].join(" ");

/**
 * The path of a program; installs the packages that bring it when there is none.
 * @throws Error "not run: …" when that is impossible here
 */
export async function need(program: string, packages: readonly string[]): Promise<string> {
  const there = find(program);
  if (there !== undefined) return there;
  const byHand = `install it with: sudo apt-get install ${packages.join(" ")}`;
  if (find("apt-get") === undefined || process.getuid?.() !== 0) {
    throw new Error(`not run: ${program} is missing and only root can add it; ${byHand}`);
  }
  await install(packages).catch((error: { stderr?: string; message: string }) => {
    const said = (error.stderr || error.message).trim().split("\n").slice(-8).join("\n");
    throw new Error(`not run: ${program} is missing and apt-get failed; ${byHand}\n${said}`);
  });
  const installed = find(program);
  if (installed === undefined) throw new Error(`not run: ${packages} do not bring ${program}`);
  return installed;
}

/** One at a time, for test files run side by side. Package lists are fetched only when needed. */
async function install(packages: readonly string[]): Promise<void> {
  const apt = `${APT} ${packages.join(" ")}`;
  const script = `${apt} || { apt-get update && ${apt}; }`;
  // RUNLEVEL: without systemd, Debian then does not start the daemon it has just installed.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const lock = join(tmpdir(), "sansock-apt.lock");
  const options = { env, timeout: INSTALL_MILLISECONDS - 10_000 };
  await promisify(execFile)("flock", [lock, "sh", "-c", script], options);
}

function find(program: string): string | undefined {
  const folders = [...FOLDERS, ...postgresqlFolders()];
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

/** Debian keeps the versions of PostgreSQL apart. */
function postgresqlFolders(): string[] {
  try {
    return readdirSync(POSTGRESQL).map((version) => join(POSTGRESQL, version, "bin"));
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
