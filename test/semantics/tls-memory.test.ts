/**
 * TLS and the memory of the engine: bytes that are being handled are not written over, whatever a
 * handler does meanwhile, and plaintext is gone when an upgrade is through.
 */
import { expect } from "vitest";
import { Engine, framing } from "../../bindings/index.ts";
import { nodeHost } from "../../host/node/index.ts";
import { HOST } from "../support/certificates.ts";
import { latin1, pattern } from "./support/bytes.ts";
import { Heard } from "./support/heard.ts";
import { ROLES } from "./support/tls-roles.ts";
import { identity, type TlsWorld, tlsTest } from "./support/tls-world.ts";

const MIB = 1 << 20;

/** One that lends its memory itself, as in production. */
function lending(): Engine {
  return new Engine({ host: nodeHost, memoryBytes: 16 * MIB, checks: false });
}

/** Text comes by the window, an array in TLS's own buffers. */
type Kind = "string" | "uint8array";

async function secured(world: TlsWorld, upgrade: boolean, binaryType: Kind) {
  const options = { engine: lending(), binaryType };
  if (upgrade) {
    const [client, plain] = await world.plain(options, HOST);
    const upgraded = client.socket.upgradeToSecure();
    const peer = await plain.secureServer(identity());
    await upgraded;
    return { client, peer };
  }
  const { port, accept } = await world.tlsPeers();
  const client = await world.openSecure(port, {}, HOST, options);
  await client.fired("open");
  return { client, peer: await accept() };
}

const CASES: readonly [upgrade: boolean, binaryType: Kind][] = [
  [false, "string"],
  [false, "uint8array"],
  [true, "string"],
  [true, "uint8array"],
];
for (const [upgrade, binaryType] of CASES) {
  const how = `${upgrade ? "after an upgrade" : "from the first byte"}, ${binaryType}`;
  tlsTest(
    `what a handler was lent stays as it is while it sends and reads on, ${how}`,
    async (world) => {
      const { client, peer } = await secured(world, upgrade, binaryType);
      const { socket } = client;
      const total = 4 * MIB;
      const sent = pattern(total);
      const changed: number[] = [];
      let received = 0;
      const heard = new Heard();
      socket.onmessages = ({ data: batch }) => {
        const { bytes } = batch;
        const before = Buffer.from(bytes);
        // Whatever makes TLS write, or read again, in the middle of a handler.
        socket.send(pattern(100_000));
        socket.suspend();
        socket.resume();
        socket.send("");
        if (Buffer.compare(before, bytes) !== 0) changed.push(received);
        if (Buffer.compare(before, sent.subarray(received, received + before.length)) !== 0) {
          changed.push(-received);
        }
        received += before.length;
        if (received === total) heard.add("all");
      };
      peer.wire.write(sent);
      await heard.count(1);
      expect(changed).toEqual([]);
    },
  );
}

for (const [name, role] of ROLES) {
  tlsTest(`plaintext is gone from memory when the upgrade is through: ${name}`, async (world) => {
    const engine = lending();
    const lines = { engine, framing: framing.lines({ eol: "\n" }) };
    const [watch, peer] = await role.pair(world, lines);
    const { socket } = watch;
    let memory: ArrayBufferLike | undefined;
    const heard = new Heard();
    socket.onmessages = ({ data: batch }) => {
      memory = batch.bytes.buffer;
      heard.add(batch.at(0));
    };
    const left = (marker: string): boolean => {
      return Buffer.from(memory ?? new ArrayBuffer(0)).includes(marker);
    };
    socket.send("a marker that was sent");
    await peer.got(23);
    peer.wire.write(latin1("a marker that came\n"));
    await heard.count(1);
    expect(memory?.byteLength).toBeGreaterThan(MIB);
    expect(left("a marker that came"), "else this test sees nothing").toBe(true);
    const upgraded = role.upgrade(socket);
    const got = role.secure(peer, "");
    await upgraded;
    await got;
    expect(left("a marker that came")).toBe(false);
    expect(left("a marker that was sent")).toBe(false);
  });
}
