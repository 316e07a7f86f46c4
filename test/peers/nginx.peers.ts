/**
 * nginx as the server of a TCPSocket that speaks HTTP/1.1: large downloads by every way of
 * receiving, with pauses, several on one connection, and an upload. SHA-256 decides.
 */
import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { TCPSocket } from "../../bindings/index.ts";
import { INSTALL_MILLISECONDS, need, PEER_TEST_MILLISECONDS } from "./support/debian.ts";
import { MIB, totalOf } from "./support/digest.ts";
import { freshEngine } from "./support/engine.ts";
import { HttpResponse } from "./support/http-response.ts";
import { LOOPBACKS } from "./support/loopback.ts";
import { startNginx } from "./support/nginx.ts";
import { pour } from "./support/pour.ts";
import type { Program } from "./support/program.ts";
import { scratchFolder } from "./support/scratch.ts";
import { Witness } from "./support/witness.ts";

vi.setConfig({ testTimeout: PEER_TEST_MILLISECONDS });

const LARGE = randomBytes(64 * MIB);
/** Turns of the event loop in which a suspended socket could wrongly be told something. */
const PAUSE_TURNS = 200;
const WINDOW_BYTES = 64 * 1024;

function request(method: string, path: string, ...headers: string[]): string {
  return [`${method} ${path} HTTP/1.1`, "Host: localhost", ...headers, "", ""].join("\r\n");
}

describe.each(LOOPBACKS)("nginx on $host", (loopback) => {
  const { host, exists } = loopback;
  const folder = scratchFolder();
  const engine = freshEngine();
  let nginx: Program;
  let port = 0;

  beforeAll(async () => {
    if (!exists) return;
    const path = await need("nginx", ["nginx-light"]);
    ({ program: nginx, port } = await startNginx(path, folder, loopback));
    writeFileSync(join(folder, "www/large"), LARGE);
  }, INSTALL_MILLISECONDS);
  afterAll(() => nginx?.stop());

  test.skipIf(!exists).each([
    { way: "data events of ArrayBuffers", binaryType: "arraybuffer", batches: false },
    { way: "data events of strings", binaryType: "string", batches: false },
    { way: "onmessages", binaryType: "uint8array", batches: true },
  ] as const)("sends 64 MiB that arrive as $way", async ({ binaryType, batches }) => {
    const response = new HttpResponse();
    const socket = new TCPSocket(host, port, { engine: engine(), binaryType });
    const witness = new Witness(socket, { batches, also: (bytes) => response.feed(bytes) });
    socket.onopen = () => socket.send(request("GET", "/large", "Connection: close"));
    await witness.closed;

    expect(response.status).toBe(200);
    expect(response.headers.get("content-length")).toBe(String(LARGE.length));
    expect(response.body.total()).toEqual(totalOf(LARGE));
    // nginx ends the connection; that is no error
    expect(witness.events).toEqual(["open", "close"]);
  });

  test.skipIf(!exists)("waits while the app has suspended", async () => {
    const response = new HttpResponse();
    let suspended = false;
    let outOfTurn = 0;
    let suspends = 0;
    let heldPeak = 0;
    const socket = new TCPSocket(host, port, { engine: engine(), binaryType: "arraybuffer" });
    const pause = async (): Promise<void> => {
      suspended = true;
      suspends += 1;
      socket.suspend();
      for (let turns = 0; turns < PAUSE_TURNS; turns++) await turn();
      const { poolBytes, poolFreeBytes } = engine().stats;
      heldPeak = Math.max(heldPeak, poolBytes - poolFreeBytes);
      suspended = false;
      socket.resume();
    };
    const witness = new Witness(socket, {
      also: (bytes) => {
        if (suspended) outOfTurn += 1;
        response.feed(bytes);
        if (!suspended && response.body.bytes >= suspends * MIB) void pause();
      },
    });
    socket.onopen = () => socket.send(request("GET", "/large", "Connection: close"));
    await witness.closed;

    expect(response.body.total()).toEqual(totalOf(LARGE));
    expect(outOfTurn).toBe(0);
    expect(suspends).toBeGreaterThan(32);
    expect(heldPeak).toBeLessThanOrEqual(2 * WINDOW_BYTES); // the rest waits in the kernel
    expect(witness.events).toEqual(["open", "close"]);
  });

  test.skipIf(!exists)("answers several requests on one connection, which we close", async () => {
    writeFileSync(join(folder, "www/small"), LARGE.subarray(0, MIB));
    let response = new HttpResponse();
    let answers = 0;
    const socket = new TCPSocket(host, port, { engine: engine() });
    const witness = new Witness(socket, {
      also: (bytes) => {
        response.feed(bytes);
        if (!response.complete) return;
        expect(response.body.total()).toEqual(totalOf(LARGE.subarray(0, MIB)));
        response = new HttpResponse();
        answers += 1;
        if (answers < 5) socket.send(request("GET", "/small"));
        else socket.close();
      },
    });
    socket.onopen = () => socket.send(request("GET", "/small"));
    await witness.closed;
    expect(answers).toBe(5);
    expect(witness.events).toEqual(["open", "close"]);
  });

  test.skipIf(!exists)("loses its client in the middle of a download", async () => {
    const response = new HttpResponse();
    const socket = new TCPSocket(host, port, { engine: engine(), binaryType: "uint8array" });
    const witness = new Witness(socket, {
      also: (bytes) => {
        response.feed(bytes);
        if (response.body.bytes > MIB) socket.closeImmediately();
      },
    });
    socket.onopen = () => socket.send(request("GET", "/large"));
    await witness.closed;
    expect(response.complete).toBe(false);
    expect(witness.events).toEqual(["open", "close"]);
  });

  test.skipIf(!exists)("stores an upload of 32 MiB that honours drain", async () => {
    const upload = LARGE.subarray(0, 32 * MIB);
    const response = new HttpResponse();
    const socket = new TCPSocket(host, port, { engine: engine() });
    const witness = new Witness(socket, { also: (bytes) => response.feed(bytes) });
    socket.onopen = () =>
      socket.send(
        request("PUT", "/upload", `Content-Length: ${upload.length}`, "Connection: close"),
      );
    const { drains, bufferedPeak } = await pour(socket, upload);
    await witness.closed;

    expect(response.status).toBe(201);
    expect(totalOf(readFileSync(join(folder, "www/upload")))).toEqual(totalOf(upload));
    expect(drains).toBeGreaterThan(0);
    expect(bufferedPeak).toBeLessThan(2 * 65_536); // highWaterMark, and the send that passed it
    expect(witness.events).toEqual(["open", "close"]);
  });
});
