/** What tests reach for beside the host interface: raw peers, living connections, strictness. */
import { describe, expect, test } from "vitest";
import { REASON_RESET } from "../../../assembly/reasons.ts";
import { Loopback, type RawPeer } from "../../../host/loopback/index.ts";
import type { Sink, Transport } from "../../../host/transport.ts";

const TARGET = { host: "::1", port: 80, noDelay: true, keepAlive: false, family: 0 } as const;

/** Two raw peers, connected. */
async function peers(): Promise<{
  net: Loopback;
  client: RawPeer;
  server: RawPeer;
  log: string[];
}> {
  const net = new Loopback({ virtual: true });
  const log: string[] = [];
  let server: RawPeer | undefined;
  const { port } = net.listenRaw(0, (peer) => {
    server = peer;
  });
  const client = net.connectRaw(port);
  await net.run();
  for (const [who, peer] of Object.entries({ client, server: server as RawPeer })) {
    peer.onbytes = (bytes) => log.push(`${who} ${String.fromCharCode(...bytes)}`);
    peer.onend = () => log.push(`${who} end`);
    peer.onfail = (reason) => log.push(`${who} failed ${reason}`);
    peer.onclose = () => log.push(`${who} close`);
  }
  return { net, client, server: server as RawPeer, log };
}

/** A host's client whose reports go to `sink`, up. */
async function client(net: Loopback, sink: Partial<Sink>): Promise<Transport> {
  const whole: Sink = {
    ...{ connected() {}, secured() {}, received() {}, receivedCopy() {}, sent() {} },
    ...{ takesWhole: false, receivedWhole() {} },
    ...{ ended() {}, failed() {}, closed() {} },
    ...sink,
  };
  const transport = net.connect(TARGET, new Uint8Array(100), whole);
  await net.run();
  return transport;
}

describe("raw peers", () => {
  test("talk, end and go", async () => {
    const { net, client, server, log } = await peers();
    client.write("one ");
    client.write(Uint8Array.of(50));
    client.end();
    client.write("never");
    await net.run();
    server.write("back");
    server.end();
    await net.run();
    client.destroy();
    server.destroy();
    await net.run();
    expect(log).toEqual([
      ...["server one 2", "server end", "client back", "client end"],
      ...["client close", "server close"],
    ]);
    expect(net.connections).toEqual([]);
  });

  test("pause holds bytes and end back", async () => {
    const { net, client, server, log } = await peers();
    server.pause();
    client.write("held");
    client.end();
    await net.run();
    expect(log).toEqual([]);
    server.resume();
    await net.run();
    expect(log).toEqual(["server held", "server end"]);
  });

  test("reset: the other side fails", async () => {
    const { net, client, log } = await peers();
    client.reset();
    await net.run();
    expect(log).toEqual(["client close", `server failed ${REASON_RESET}`, "server close"]);
  });

  test("a taken port throws, a closed one is free again", () => {
    const net = new Loopback();
    const listener = net.listenRaw(80, () => {});
    expect(() => net.listenRaw(80, () => {})).toThrow("listenRaw: port 80 is taken");
    listener.close();
    expect(net.listenRaw(80, () => {}).port).toBe(80);
  });
});

describe("connections", () => {
  test("reset: one side or both fail", async () => {
    for (const [side, failed] of [
      ["client", ["client"]],
      ["server", ["server"]],
      [undefined, ["client", "server"]],
    ] as const) {
      const { net, client, log } = await peers();
      const [connection] = net.connections;
      expect(connection?.addresses).toEqual(client.addresses);
      connection?.reset(side);
      await net.run();
      const lines = log.filter((line) => line.endsWith(`failed ${REASON_RESET}`));
      expect(lines).toEqual(failed.map((who) => `${who} failed ${REASON_RESET}`));
    }
  });

  test("end: that side sees an end nobody sent, behind the bytes under way", async () => {
    const { net, server, log } = await peers();
    server.write("last");
    net.step();
    net.connections[0]?.end("client");
    server.write("lost");
    await net.run();
    expect(log).toEqual(["client last", "client end"]);
    expect(net.connections[0]?.carried).toBe(4);
  });
});

describe("strictness", () => {
  test("memory is read late: changing it before sent is found out", async () => {
    const net = new Loopback({ virtual: true });
    const came: number[] = [];
    net.listenRaw(80, (peer) => {
      peer.onbytes = (bytes) => came.push(...bytes);
    });
    const transport = await client(net, {});
    const memory = Uint8Array.of(1, 2, 3);
    transport.write([memory], 3);
    memory.fill(9);
    await net.run();
    expect(came).toEqual([9, 9, 9]);
  });

  test("copied bytes do not outlive the report", async () => {
    const net = new Loopback({ virtual: true, reads: "copy" });
    net.listenRaw(80, (peer) => peer.write("secret"));
    let kept = new Uint8Array(0);
    await client(net, {
      receivedCopy: (bytes) => {
        kept = bytes as Uint8Array<ArrayBuffer>;
      },
    });
    expect([...kept]).toEqual(Array(6).fill(0xdb));
  });

  test("a write that breaks the rules throws", async () => {
    const net = new Loopback({ virtual: true });
    net.listenRaw(80, (peer) => peer.pause());
    const transport = await client(net, {});
    const bytes = Uint8Array.of(1, 2);
    expect(() => transport.write([], 0)).toThrow("write: 0 bytes; at least 1 is allowed");
    expect(() => transport.write([bytes], 3)).toThrow("write: 3 bytes announced, 2 in the views");
    transport.write([bytes], 2);
    expect(() => transport.write([bytes], 2)).toThrow("write: 2 bytes of the last are not sent");
    transport.finish();
    await net.run();
    expect(() => transport.write([bytes], 2)).toThrow("write: after finish");
  });
});

describe("backlog", () => {
  test.each([1, 2])("%i: a full queue makes later clients wait, not fail", async (backlog) => {
    const net = new Loopback({ virtual: true });
    let accepted = 0;
    const target = { port: 80, backlog, noDelay: true, keepAlive: false } as const;
    const count = (): null => {
      accepted++;
      return null;
    };
    net.listen(target, { accepted: count, listening() {}, failed() {}, closed() {} });
    for (let i = 0; i < 3; i++) net.connectRaw(80);
    await net.run(900);
    expect(accepted).toBe(backlog); // they came at one moment
    await net.run();
    expect(accepted).toBe(3);
  });
});
