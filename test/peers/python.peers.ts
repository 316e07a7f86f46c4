/**
 * Python's socket module and http.server at the other end: the end of a connection as a plain
 * program makes it, by FIN or by RST, towards a client and towards an accepted socket.
 */
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { INSTALL_MILLISECONDS, need, PEER_TEST_MILLISECONDS } from "./support/debian.ts";
import { MIB, totalOf } from "./support/digest.ts";
import { freshEngine } from "./support/engine.ts";
import { HttpResponse } from "./support/http-response.ts";
import { LOOPBACKS } from "./support/loopback.ts";
import { Program } from "./support/program.ts";
import { scratchFolder } from "./support/scratch.ts";
import { Witness } from "./support/witness.ts";

vi.setConfig({ testTimeout: PEER_TEST_MILLISECONDS });

/** `family host port reset`; port 0: listens, and prints where. Reads one byte, then ends. */
const ENDING = `
import socket, struct, sys
version, host, port, how = sys.argv[1:]
family = socket.AF_INET6 if version == "6" else socket.AF_INET
if port == "0":
    server = socket.create_server((host, 0), family=family)
    print("port", server.getsockname()[1], flush=True)
    peer, _ = server.accept()
else:
    peer = socket.create_connection((host, int(port)))
peer.recv(1)
if how == "RST":
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
peer.close()
`;

const ENDS = [
  { how: "FIN", events: ["close"], code: undefined },
  { how: "RST", events: ["error", "close"], code: "ECONNRESET" },
];

let python: string;
let running: Program | undefined;
beforeAll(async () => {
  python = await need("python3", ["python3"]);
}, INSTALL_MILLISECONDS);
afterEach(() => running?.stop());

describe.each(LOOPBACKS)("Python on $host", ({ host, family, exists }) => {
  const folder = scratchFolder();
  const engine = freshEngine();

  test.skipIf(!exists)("http.server sends 16 MiB and ends the connection itself", async () => {
    const file = randomBytes(16 * MIB);
    writeFileSync(join(folder, "file"), file);
    const args = ["-u", "-m", "http.server", "0", "--bind", host, "--directory", folder];
    running = new Program(python, args);
    const port = Number((await running.prints(/ port (\d+)/))[1]);
    const response = new HttpResponse();
    const socket = new TCPSocket(host, port, { engine: engine(), binaryType: "arraybuffer" });
    const witness = new Witness(socket, { also: (bytes) => response.feed(bytes) });
    socket.onopen = () => socket.send("GET /file HTTP/1.0\r\n\r\n");
    await witness.closed;

    expect(response.status).toBe(200);
    expect(response.body.total()).toEqual(totalOf(file));
    expect(witness.events).toEqual(["open", "close"]);
  });

  test.skipIf(!exists).each(ENDS)("$how from a server: $events", async ({ how, events, code }) => {
    running = new Program(python, ["-c", ENDING, family, host, "0", how]);
    const port = Number((await running.prints(/^port (\d+)/))[1]);
    const socket = new TCPSocket(host, port, { engine: engine() });
    const witness = new Witness(socket);
    socket.onopen = () => socket.send("!");
    await witness.closed;
    expect(witness.events).toEqual(["open", ...events]);
    expect(witness.error?.code).toBe(code);
    expect(witness.error?.name).toBe(code && "NetworkError");
  });

  test.skipIf(!exists).each(ENDS)("$how from a client: $events", async ({ how, events, code }) => {
    const server = new TCPServerSocket(0, { engine: engine() });
    const accepted = new Promise<Witness>((resolve) => {
      server.onconnect = ({ socket }) => {
        server.close();
        resolve(new Witness(socket as TCPSocket));
        (socket as TCPSocket).send("!");
      };
    });
    running = new Program(python, ["-c", ENDING, family, host, String(server.localPort), how]);
    const witness = await accepted;
    await witness.closed;
    expect(witness.events).toEqual(events);
    expect(witness.error?.code).toBe(code);
    expect(witness.error?.name).toBe(code && "NetworkError");
  });
});
