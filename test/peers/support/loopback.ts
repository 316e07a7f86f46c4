/**
 * The loopback addresses of this machine, and what is needed to meet a program there: a free port,
 * and the moment at which it accepts.
 */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Program } from "./program.ts";

/** A program that takes longer to listen than this will not. */
const PATIENCE_MILLISECONDS = 10_000;
const RETRY_MILLISECONDS = 15;

export interface Loopback {
  readonly host: string;
  /** As it is written in front of `:port`. */
  readonly written: string;
  /** "4" or "6". */
  readonly family: string;
  /** False where this machine has no such address; tests then say that they were not run. */
  readonly exists: boolean;
}

export const LOOPBACKS: readonly Loopback[] = [
  { host: "127.0.0.1", written: "127.0.0.1", family: "4", exists: has("127.0.0.1") },
  { host: "::1", written: "[::1]", family: "6", exists: has("::1") },
];

function has(host: string): boolean {
  return Object.values(networkInterfaces())
    .flat()
    .some((one) => one?.address === host);
}

/** A port nobody listens on now. Somebody else may take it before it is used. */
export async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/**
 * Starts a program on a free port and waits until it accepts; once more on another port if it
 * ends instead, as it does when the port was taken meanwhile.
 */
export async function startListening(
  host: string,
  start: (port: number) => Program,
): Promise<{ program: Program; port: number }> {
  for (let tries = 3; ; tries--) {
    const port = await freePort(host);
    const program = start(port);
    if (await accepts(host, port, program)) return { program, port };
    await program.stop();
    if (tries === 1) throw new Error(`does not listen on ${host}: ${program.complaints}`);
  }
}

async function accepts(host: string, port: number, program: Program): Promise<boolean> {
  const deadline = performance.now() + PATIENCE_MILLISECONDS;
  while (program.running && performance.now() < deadline) {
    if (await connects(host, port)) return true;
    await sleep(RETRY_MILLISECONDS);
  }
  return false;
}

async function connects(host: string, port: number): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
