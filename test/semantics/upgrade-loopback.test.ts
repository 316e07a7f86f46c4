/**
 * TLS and STARTTLS without a kernel: the same rules as over node:tls, with every split, end, reset and
 * alert in a place of its own, and deadlines in virtual time.
 */
import { describe, expect, test } from "vitest";
import type { Faults } from "../../host/loopback/index.ts";
import { pattern } from "./support/bytes.ts";
import { LINES, Rig, startTlsClient, startTlsServer } from "./support/loopback-tls.ts";
import { expectGuarded, failureOf, OLD_VERSION, TIMED_OUT } from "./support/tls-failure.ts";
import type { Watch } from "./support/watch.ts";

const SEED = Number(process.env.SEED ?? 20_260_101);

const PLACES: readonly (readonly [string, Partial<Faults>, number])[] = [
  ["no faults", {}, 1],
  ["one-byte reads, the end with the last", { readMax: 1, finWithData: true }, 1],
  ["one-byte writes", { writeMax: 1 }, 1],
  ...[SEED, SEED + 1, SEED + 2].map((seed) => {
    const faults: Partial<Faults> = { split: true, reorder: true, latency: [0, 5] };
    return [`random splits, SEED=${seed}`, faults, seed] as const;
  }),
];

const SAID = ["220 ready", "220 go ahead", "250 secure", "echo secret"];

describe.each(PLACES)("%s", (_, faults, seed) => {
  test("TLS from the first byte: bytes both ways, and what was agreed", async () => {
    const rig = new Rig(faults, { seed });
    rig.serve({ useSecureTransport: true }, ({ socket }) => {
      socket.addEventListener("data", ({ data }) => socket.send(data as string));
    });
    const client = rig.open({ useSecureTransport: true, binaryType: "arraybuffer" });
    client.socket.addEventListener("open", () => {
      expect(client.socket.tlsInfo?.peerCertificate?.subject).toBe("CN=localhost");
      client.socket.send(pattern(3000));
    });
    client.socket.addEventListener("data", () => {
      if (client.received === 3000) client.socket.close();
    });
    await rig.run();
    expect([client.types, rig.accepted[0]?.types]).toEqual(["open data close", "data close"]);
    expect(client.bytes).toEqual(pattern(3000));
  });

  test("M104: STARTTLS by lines: what is sent behind it shows on no line", async () => {
    const rig = new Rig(faults, { seed, tapped: true });
    const [served, heard]: string[][] = [[], []];
    rig.serve(LINES, startTlsServer(served as string[]));
    const client = rig.open(LINES);
    startTlsClient(client, heard as string[]);
    await rig.run();
    expect(heard).toEqual(SAID);
    expect(served).toEqual(["STARTTLS", "secret"]);
    expect([client.types, rig.accepted[0]?.types]).toEqual(["open data close", "data close"]);
    expect(rig.tap.up.slice(0, 9)).toBe("STARTTLS\n");
    expect(rig.tap.down.slice(0, 23)).toBe("220 ready\n220 go ahead\n");
    expect(rig.tap.up + rig.tap.down).not.toMatch(/secret|250|echo/);
  });

  test("the same seed, the same run, to the byte and the millisecond", async () => {
    const run = async (of: number): Promise<unknown> => {
      const rig = new Rig(faults, { seed: of, tapped: true });
      const told: (string | number)[] = [];
      rig.serve(LINES, startTlsServer([]));
      const client = rig.open(LINES);
      startTlsClient(client, []);
      client.socket.addEventListener("data", ({ data }) => told.push(rig.net.now, String(data)));
      await rig.run();
      return { told, tap: { ...rig.tap } };
    };
    expect(await run(seed)).toEqual(await run(seed));
    if (faults.split === true) expect(await run(seed)).not.toEqual(await run(seed + 100));
  });

  test("M106: close() straight behind upgradeToSecure(): everything queued still comes", async () => {
    const rig = new Rig(faults, { seed });
    rig.serve({}, ({ socket }) => {
      socket.send("plain");
      socket.upgradeToSecure();
      socket.send(pattern(2000));
      socket.close();
    });
    const client = rig.open({ binaryType: "arraybuffer" });
    client.socket.addEventListener("data", () => {
      if (client.received === 5) client.socket.upgradeToSecure();
    });
    await rig.run();
    expect(client.types).toBe("open data close");
    expect(client.bytes.subarray(5)).toEqual(pattern(2000));
    expect(rig.accepted[0]?.types).toBe("close");
  });

  test("M110: suspend() lasts across the upgrade", async () => {
    const rig = new Rig(faults, { seed });
    const heard: string[] = [];
    rig.serve(LINES, startTlsServer([]));
    const client = rig.open(LINES);
    client.socket.addEventListener("data", ({ data }) => {
      if (data === "220 go ahead") client.socket.suspend();
    });
    startTlsClient(client, heard);
    await rig.run();
    expect(heard).toEqual(SAID.slice(0, 2));
    expect(client.socket.tlsInfo?.protocol).toBe("TLSv1.3");
    client.socket.resume();
    await rig.run(2000);
    expect(heard).toEqual(SAID);
    expect(client.types).toBe("open data close");
  });

  test.each([
    ["a line in the same segment", "220 go ahead\ninjected\n"],
    ["part of a line in the same segment", "220 go ahead\ninj"],
  ])("M107: %s: the client fails, and nobody hears it", async (_, said) => {
    const rig = new Rig({ ...faults, coalesce: true, readMax: Number.POSITIVE_INFINITY }, { seed });
    rig.net.faults.split = false;
    const heard: string[] = [];
    rig.say([0, `220 ready\n${said}`]);
    const client = rig.open(LINES);
    startTlsClient(client, heard);
    await rig.run();
    expectGuarded(client);
    expect(heard).toEqual(SAID.slice(0, 2));
  });

  test("M107: a line in a later segment: the client's handshake fails", async () => {
    const rig = new Rig(faults, { seed });
    const heard: string[] = [];
    rig.say([0, "220 ready\n220 go ahead\n"], [100, "injected\n"]);
    const client = rig.open(LINES);
    startTlsClient(client, heard);
    await rig.run();
    expectGuarded(client);
    expect(heard).toEqual(SAID.slice(0, 2));
  });

  test("M107: a line behind STARTTLS: the server fails, and nobody hears it", async () => {
    const rig = new Rig(faults, { seed });
    const heard: string[] = [];
    rig.serve(LINES, startTlsServer(heard));
    const peer = rig.net.connectRaw(25);
    peer.onopen = () => peer.write("STARTTLS\ninjected\n");
    await rig.run();
    expect(heard).toEqual(["STARTTLS"]);
    expectGuarded(rig.accepted[0] as Watch);
  });

  test("plaintext put between the records: an error, and none of it is data", async () => {
    const rig = new Rig(faults, { seed, tapped: true });
    const heard: string[] = [];
    rig.serve(LINES, startTlsServer([]));
    const client = rig.open(LINES);
    client.socket.addEventListener("data", ({ data }) => heard.push(String(data)));
    client.socket.addEventListener("data", ({ data }) => {
      if (data === "220 ready") client.socket.send("STARTTLS");
      if (data === "220 go ahead") client.socket.upgradeToSecure();
      if (data === "250 secure") rig.tap.alter = () => "injected\n";
      if (data === "250 secure") client.socket.send("a");
    });
    await rig.run();
    const server = rig.accepted[0] as Watch;
    expect(failureOf(server)[1]).toBe("SecurityProtocol");
    expect(["STARTTLS", "a"]).toEqual(expect.arrayContaining(server.chunks));
    expect(client.types).toMatch(/close$/); // an alert between two of the server's records, or a FIN
    expect([...SAID.slice(0, 3), "echo a"]).toEqual(expect.arrayContaining(heard));
  });
});

describe("deadlines, in virtual time", () => {
  test("handshakeTimeout: a client that stops behind STARTTLS", async () => {
    const rig = new Rig();
    rig.serve({ ...LINES, handshakeTimeout: 5000 }, startTlsServer([]));
    const peer = rig.net.connectRaw(25);
    peer.onopen = () => peer.write("STARTTLS\n");
    await rig.run(4990);
    expect(rig.accepted[0]?.types).toBe("data");
    await rig.run(5010);
    expect(failureOf(rig.accepted[0] as Watch)).toEqual(TIMED_OUT);
  });

  test("handshakeTimeout: a client of a secure server that says nothing", async () => {
    const rig = new Rig();
    rig.serve({ useSecureTransport: true });
    let closedAt = 0;
    const peer = rig.net.connectRaw(25);
    peer.onend = () => {
      closedAt = rig.net.now;
    };
    await rig.run(60_000);
    expect(closedAt).toBeGreaterThanOrEqual(10_000);
    expect(closedAt).toBeLessThan(10_100);
    expect(rig.accepted).toEqual([]);
  });

  test("connectTimeout covers the handshake", async () => {
    const rig = new Rig();
    rig.say();
    const client = rig.open({ useSecureTransport: true, connectTimeout: 3000 });
    await rig.run(2990);
    expect(client.types).toBe("");
    await rig.run(3010);
    expect(failureOf(client)).toEqual(TIMED_OUT);
  });
});

test("M107: plaintext that comes while the upgrade waits for what is sent before it", async () => {
  const rig = new Rig({}, { capacity: 100 });
  const peers = rig.say([0, "220 go ahead\n"], [100, "injected\n"]);
  const client = rig.open(LINES);
  client.socket.addEventListener("data", () => {
    peers[0]?.pause();
    client.socket.send("x".repeat(500));
    client.socket.upgradeToSecure();
  });
  await rig.run(200);
  expect(client.types).toBe("open data");
  peers[0]?.resume();
  await rig.run();
  expectGuarded(client);
  expect(client.chunks).toEqual(["220 go ahead"]);
});

test("what is no TLS, from the first byte: the peer may want STARTTLS", async () => {
  const rig = new Rig();
  rig.say([0, "220 ready\n"]);
  const client = rig.open({ useSecureTransport: true });
  await rig.run();
  expect(failureOf(client)).toEqual(OLD_VERSION);
});
