/**
 * The wire cut into single bytes and into random pieces, across the upgrade: a STARTTLS session of
 * our client with our server, and TLS from the first byte. SEED=… repeats a run.
 */
import { describe, expect } from "vitest";
import { framing, type TCPSocket } from "../../bindings/index.ts";
import { certificate, HOST } from "../support/certificates.ts";
import { SEED } from "../support/hosts.ts";
import { difference, latin1, pattern, text } from "./support/bytes.ts";
import { type Cut, ONE_BYTE, randomCuts, TlsRelay } from "./support/tls-relay.ts";
import { identity, type TlsWorld, tlsTest } from "./support/tls-world.ts";
import type { Watch } from "./support/watch.ts";

const LINES = { framing: framing.lines({ eol: "\n" }) } as const;
const PLAIN_CLIENT = "EHLO\nSTARTTLS\n";
const PLAIN_SERVER = "220 hello\n250 STARTTLS\n220 go\n";

const CUTS: readonly [string, () => Cut][] = [
  ["one byte at a time", () => ONE_BYTE],
  ...Array.from({ length: 6 }, (_, i): [string, () => Cut] => {
    return [`random pieces, SEED=${SEED} (${i})`, () => randomCuts(SEED + 7919 * i)];
  }),
];

/** The server of the session: echoes lines once it is secure. */
function serve({ socket }: Watch): void {
  socket.send("220 hello");
  socket.ondata = ({ data }) => {
    if (data === "EHLO") socket.send("250 STARTTLS");
    else if (data === "STARTTLS") {
      socket.send("220 go");
      socket.upgradeToSecure();
    } else socket.send(`${socket.tlsInfo?.protocol} ${data}`);
  };
}

/** The client of the session, up to the upgrade. */
function converse(socket: TCPSocket, lines: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.ondata = ({ data }) => {
      if (data === "220 hello") socket.send("EHLO");
      else if (data === "250 STARTTLS") socket.send("STARTTLS");
      else if (data === "220 go") {
        socket.upgradeToSecure().then(resolve, reject);
        for (const line of lines) socket.send(line);
      }
    };
  });
}

/** Ours at both ends, and between them a wire that cuts. */
async function relayed(world: TlsWorld, cuts: () => Cut, secure: boolean): Promise<Ends> {
  const { ca } = await certificate();
  const own = { ...LINES, useSecureTransport: secure };
  const { port, accept } = world.listen({ ...own, tls: await identity() });
  const relay = await TlsRelay.to(port, cuts);
  const client = world.open(relay.port, { ...own, tls: { ca } }, HOST);
  return { client, accept, relay };
}

interface Ends {
  readonly client: Watch;
  readonly accept: () => Promise<Watch>;
  readonly relay: TlsRelay;
}

/** What passed begins with the plaintext there was, and TLS follows. */
function expectWire(passed: Uint8Array, plaintext: string): void {
  expect(text(passed.slice(0, plaintext.length))).toBe(plaintext);
  expect([...passed.slice(plaintext.length, plaintext.length + 2)]).toEqual([22, 3]);
  expect(text(passed)).not.toContain("secret");
}

describe.each(CUTS)("%s", (_, cuts) => {
  tlsTest("M104 M107: a STARTTLS session", async (world) => {
    const lines = Array.from({ length: 20 }, (_, i) => `secret ${i} ${"x".repeat(i * 7)}`);
    const { client, accept, relay } = await relayed(world, cuts, false);
    const upgraded = converse(client.socket, lines);
    serve(await accept());
    await upgraded;
    const echoed = lines.map((line) => `TLSv1.3 ${line}`);
    await client.until("all lines", () => client.chunks.length >= 3 + lines.length);
    client.socket.close();
    await client.fired("close");
    await (await accept()).fired("close");
    expect(client.chunks.slice(3)).toEqual(echoed);
    expectWire(relay.fromClient.bytes, PLAIN_CLIENT);
    expectWire(relay.fromServer.bytes, PLAIN_SERVER);
    expect(client.types).toBe("open data close");
    relay.close();
  });

  tlsTest("M20: TLS from the first byte", async (world) => {
    const { client, accept, relay } = await relayed(world, cuts, true);
    await client.fired("open");
    const accepted = await accept();
    const line = latin1(text(pattern(5_000)).replaceAll("\n", " "));
    client.socket.send(line);
    await accepted.got(line.length);
    accepted.socket.send(accepted.bytes);
    expect(difference(await client.got(line.length), line)).toBeNull();
    expectWire(relay.fromClient.bytes, "");
    expectWire(relay.fromServer.bytes, "");
    relay.close();
  });
});
