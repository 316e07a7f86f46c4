/**
 * Peers that say more in plaintext than they may when we turn to TLS, so that it be taken for something
 * said in TLS. It must never be: neither read by the app, nor left for later.
 */
import { beforeAll, describe, expect, test, vi } from "vitest";
import { framing, TCPSocket } from "../../bindings/index.ts";
import { scriptedPeer } from "../support/scripted-peer.ts";
import { bytes, lines } from "../support/written-bytes.ts";
import { INSTALL_MILLISECONDS, need, PEER_TEST_MILLISECONDS } from "./support/debian.ts";
import { freshEngine } from "./support/engine.ts";
import { LineServer } from "./support/line-server.ts";
import { Program } from "./support/program.ts";
import { stoppedAfterwards } from "./support/programs.ts";
import { scratchFolder } from "./support/scratch.ts";
import { DIALECTS, type Dialect, speaking } from "./support/starttls.ts";
import { type TlsFiles, tlsFiles } from "./support/tls-files.ts";
import type { Witness } from "./support/witness.ts";

vi.setConfig({ testTimeout: PEER_TEST_MILLISECONDS });

const HOST = "127.0.0.1";
const FAULT = { name: "SecurityError", errorClass: "SecurityProtocol" };
const TOO_MUCH = [
  { about: "a line", more: "INJECTED\r\n" },
  { about: "the beginning of a line", more: "INJECTED" },
  { about: "one byte", more: "\n" },
];
const folder = scratchFolder();
const engine = freshEngine();
const stopped = stoppedAfterwards();
let files: TlsFiles;
let socat: string;

beforeAll(async () => {
  socat = await need("socat", ["socat"]);
  files = await tlsFiles(folder);
}, INSTALL_MILLISECONDS);

test.each(TOO_MUCH)("socat that says $about behind STARTTLS is sent away", async ({ more }) => {
  const { cert, key } = files;
  const options = { ...speaking(DIALECTS[0] as Dialect), tls: { cert, key } };
  const server = await LineServer.listen(HOST, engine(), options);
  const client = stopped(new Program(socat, ["-", `TCP4:${HOST}:${server.port}`]));
  await client.prints(/^220 /m);
  client.tell(`EHLO it\r\nSTARTTLS\r\n${more}`); // in one write
  await expect.poll(() => server.witnesses[0]?.events).toEqual(["error", "close"]);
  await server.end();
  const [{ error, socket }] = server.witnesses as [Witness];
  expect(error).toMatchObject(FAULT);
  expect(server.lines).toEqual(["EHLO it", "STARTTLS"]);
  expect(socket.tlsInfo).toBeNull();
});

/** Says it is there, and after STARTTLS too much. */
async function startServer(more: string): Promise<number> {
  const goAhead = bytes("a1 OK go ahead\r\n", more);
  const parts = [
    [Buffer.alloc(0), lines("* OK it")],
    [lines("a1 STARTTLS"), goAhead],
  ] as const;
  return (await scriptedPeer(parts)).port;
}

type Hear = (line: string) => void;

/** The ways to receive lines. None may bring what came too early. */
const WAYS: Record<string, (socket: TCPSocket, hear: Hear) => void> = {
  data: (socket, hear) => {
    socket.ondata = ({ data }) => hear(data as string);
  },
  "batches up to that line": (socket, hear) => {
    socket.onmessages = ({ data: batch }) => {
      for (let i = 0; i < batch.length && !socket.ssl; i++) {
        hear(String(Buffer.from(batch.at(i))));
        if (socket.ssl) batch.stopAfter(i);
      }
    };
  },
  "batches as they come": (socket, hear) => {
    socket.onmessages = ({ data: batch }) => hear(String(Buffer.from(batch.at(0))));
  },
  iterator: async (socket, hear) => {
    try {
      for await (const line of socket) hear(line as string);
    } catch {} // the test sees the error event
  },
};

describe.each(TOO_MUCH)("a server that says $about behind its go-ahead", ({ more }) => {
  test.each(Object.keys(WAYS))("is left: %s", async (way) => {
    const tls = { ca: files.ca };
    const port = await startServer(more);
    const socket = new TCPSocket(HOST, port, { engine: engine(), framing: framing.lines(), tls });
    const events: string[] = [];
    let error: unknown;
    for (const type of ["open", "error", "close"]) {
      socket.addEventListener(type, () => events.push(type));
    }
    socket.onerror = (event) => {
      error = event.error;
    };
    const heard: string[] = [];
    let upgrade: Promise<void> | undefined;
    WAYS[way]?.(socket, (line) => {
      heard.push(line);
      if (line === "* OK it") socket.send("a1 STARTTLS");
      if (line.startsWith("a1 ")) upgrade = socket.upgradeToSecure();
    });
    await expect(socket.closed).rejects.toMatchObject(FAULT);
    await expect(upgrade).rejects.toMatchObject(FAULT);
    expect(error).toMatchObject(FAULT);
    expect(events).toEqual(["open", "error", "close"]);
    expect(heard).toEqual(["* OK it", "a1 OK go ahead"]);
    expect(socket.tlsInfo).toBeNull();
  });
});
