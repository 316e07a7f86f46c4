/** What a connection of node:net asks of the kernel, where the kernel tells: Linux. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { TCPServerSocket, TCPSocket } from "../../../bindings/index.ts";

const TICKS_PER_SECOND = 100;
const KEEP_ALIVE = "02";

/** The timers of the established connections whose local port this is: kind, and seconds left. */
function timers(port: number): (readonly [kind: string, seconds: number])[] {
  const end = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const tables = ["/proc/net/tcp", "/proc/net/tcp6"].map((file) => readFileSync(file, "utf8"));
  const rows = tables.flatMap((table) => table.split("\n")).map((row) => row.trim().split(/\s+/));
  return rows
    .filter(([, local = "", , state]) => local.endsWith(end) && state === "01")
    .map(([, , , , , timer = ""]) => {
      const [kind = "", when = ""] = timer.split(":");
      return [kind, Number.parseInt(when, 16) / TICKS_PER_SECOND];
    });
}

/** Seconds until the first probe, of a client and of the socket accepted; undefined: never. */
async function probes(keepAlive: boolean | number): Promise<(number | undefined)[]> {
  const server = new TCPServerSocket(0, { keepAlive });
  const accepted = new Promise<TCPSocket>((resolve) => {
    server.onconnect = ({ socket }) => resolve(socket as TCPSocket);
  });
  const client = new TCPSocket("127.0.0.1", server.localPort, { keepAlive });
  await Promise.all([client.opened, accepted]);
  const seconds = [client.localPort, server.localPort].map((port) => {
    return timers(port).find(([kind]) => kind === KEEP_ALIVE)?.[1];
  });
  server.close();
  client.closeImmediately();
  return seconds;
}

describe.skipIf(process.platform !== "linux")("M22: keepAlive", () => {
  test("is off at first", async () => {
    expect(await probes(false)).toEqual([undefined, undefined]);
  });

  test("begins to ask after so many milliseconds of silence", async () => {
    for (const seconds of await probes(30_000)) {
      expect(seconds).toBeGreaterThan(20);
      expect(seconds).toBeLessThanOrEqual(30);
    }
  });

  test("true leaves the time to the system", async () => {
    for (const seconds of await probes(true)) expect(seconds).toBeGreaterThan(30);
  });
});
