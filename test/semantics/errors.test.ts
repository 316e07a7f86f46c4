/** Chapter 6 of Mozilla's API: what a failure is called, and that its cause can be had. */
import { expect } from "vitest";
import { TCPSocketError, type TCPSocketErrorEvent } from "../../bindings/index.ts";
import { pattern } from "./support/bytes.ts";
import { EVERYWHERE, inWorlds, LOOPBACK, NODE } from "./support/world.ts";

const REFUSED = ["ConnectionRefusedError", 0x804b000d] as const;
const TIMED_OUT = ["NetworkTimeoutError", 0x804b000e] as const;
const NOT_FOUND = ["DomainNotFoundError", 0x804b001e] as const;
const RESET = ["NetworkError", 0x804b0014] as const;

/** Class, name and number of an `error` event, which every one must have in full. */
function told(event: TCPSocketErrorEvent | undefined): unknown[] {
  if (event === undefined) throw new Error("no error event");
  const { name, message, errorCode, data, error } = event;
  expect(message).toBe("Network");
  expect(data).toMatchObject({ name, message });
  expect(error).toBeInstanceOf(TCPSocketError);
  expect(error).toBeInstanceOf(Error);
  expect(error).toMatchObject({ name, errorCode });
  expect(error?.message, "readable").toMatch(/\w+ \w+/);
  return [name, errorCode];
}

function systemError(code: string): Error {
  return Object.assign(new Error(`from the system: ${code}`), { code });
}

type Found = (error: Error | null, ...found: unknown[]) => void;

inWorlds(EVERYWHERE, (test) => {
  test("M54: nobody listens: ConnectionRefusedError, with the host's error", async (world) => {
    const client = world.open(await world.deadPort());
    await client.fired("close");
    expect(told(client.error)).toEqual(REFUSED);
    expect(client.error?.error?.cause).toMatchObject({ code: "ECONNREFUSED" });
    expect(client.types).toBe("error close");
  });

  test("M54 M92c: a reset: NetworkError", async (world) => {
    const [client, peer] = await world.client();
    peer.wire.reset();
    await client.fired("close");
    expect(told(client.error)).toEqual(RESET);
    expect(client.error?.error?.cause).toMatchObject({ code: "ECONNRESET" });
    expect(client.types).toBe("open error close");
  });

  test("M58: connectTimeout before open: NetworkTimeoutError, not refused", async (world) => {
    if (world.network) world.network.faults.lookupDelay = Number.POSITIVE_INFINITY;
    const lookup = (): void => {}; // never answers, where the host asks it
    const client = world.open(9, { connectTimeout: 20, lookup }, "some.name.example");
    await client.fired("close");
    expect(told(client.error)).toEqual(TIMED_OUT);
    expect(client.types).toBe("error close");
    expect(client.states).toEqual(["closed", "closed"]);
  });

  test("M54: idleTimeout: NetworkTimeoutError", async (world) => {
    const [client] = await world.client({ idleTimeout: 20 });
    await client.fired("close");
    expect(told(client.error)).toEqual(TIMED_OUT);
    expect(client.types).toBe("open error close");
  });

  test("M33 M62: whoever reports first, there is one error", async (world) => {
    const [client, peer] = await world.client({ highWaterMark: world.mark }, { paused: true });
    client.socket.send(pattern(world.plenty));
    await world.settled();
    expect(client.socket.bufferedAmount).toBeGreaterThan(0);
    peer.wire.reset();
    await client.fired("close");
    await world.settled();
    expect(client.types, "no drain").toBe("open error close");
    expect(told(client.error)).toEqual(RESET);
    expect(client.socket.bufferedAmount).toBe(0);
  });
});

inWorlds(LOOPBACK, (test) => {
  test("M54 M58: a name that does not exist: DomainNotFoundError", async (world) => {
    const client = world.open(9, {}, "nowhere.invalid");
    await client.fired("close");
    expect(told(client.error)).toEqual(NOT_FOUND);
    expect(client.error?.error?.cause).toMatchObject({ code: "ENOTFOUND" });
  });

  test("idleTimeout does not count while suspended, and counts again after", async (world) => {
    const [client] = await world.client({ idleTimeout: 1000 });
    const { network } = world;
    client.socket.suspend();
    await network?.run((network?.now ?? 0) + 10_000);
    expect(client.types).toBe("open");
    client.socket.resume();
    await client.fired("close");
    expect(told(client.error)).toEqual(TIMED_OUT);
  });

  test("idleTimeout counts from the last byte, whichever way it went", async (world) => {
    const [client, peer] = await world.client({ idleTimeout: 1000 });
    const { network } = world;
    if (network === undefined) throw new Error("in memory only");
    const start = network.now;
    for (let turn = 1; turn <= 6; turn++) {
      await network.run(start + turn * 600);
      if (turn % 2 === 0) client.socket.send("x");
      else peer.wire.write(pattern(1));
    }
    expect(client.types).toBe("open data");
    await client.fired("close");
    expect(told(client.error)).toEqual(TIMED_OUT);
    expect(network.now - start).toBeGreaterThanOrEqual(6 * 600 + 1000);
  });
});

const CODES: readonly [readonly string[], readonly [string, number | null]][] = [
  [
    ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EADDRNOTAVAIL", "EACCES", "EPERM"],
    [...REFUSED],
  ],
  [["ETIMEDOUT", "ERR_SOCKET_CONNECTION_TIMEOUT"], [...TIMED_OUT]],
  [["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "EAI_NODATA"], [...NOT_FOUND]],
  [["ECONNRESET"], [...RESET]],
  [
    ["EPIPE", "ECONNABORTED", "EMFILE", "EWHATEVER"],
    ["NetworkError", null],
  ],
];

// One of the two is enough: what node says does not depend on the address.
inWorlds(NODE.slice(0, 1), (test) => {
  for (const [codes, [name, errorCode]] of CODES) {
    for (const code of codes) {
      test(`M60: ${code} is ${name}`, async (world) => {
        const cause = systemError(code);
        const lookup = (_: string, __: object, found: Found): void => found(cause);
        const client = world.open(9, { lookup }, "some.name.example");
        await client.fired("close");
        const [cameName, cameCode] = told(client.error);
        expect(cameName).toBe(name);
        if (errorCode !== null) expect(cameCode).toBe(errorCode);
        expect(client.error?.error?.cause).toBe(cause);
        expect(client.types).toBe("error close");
      });
    }
  }

  const AGGREGATES: readonly [readonly string[], string][] = [
    [["ENOTFOUND", "ENOTFOUND"], "DomainNotFoundError"],
    [["ECONNREFUSED", "ETIMEDOUT"], "NetworkTimeoutError"],
    [["ETIMEDOUT", "ECONNREFUSED"], "ConnectionRefusedError"],
    [["ETIMEDOUT", "ENETUNREACH", "EPIPE"], "NetworkError"],
  ];
  for (const [codes, name] of AGGREGATES) {
    test(`M60: ${codes.join(" and ")} in one AggregateError is ${name}`, async (world) => {
      const [code] = codes; // node gives an AggregateError the first one's
      const error = Object.assign(new AggregateError(codes.map(systemError)), { code });
      const lookup = (_: string, __: object, found: Found): void => found(error);
      const client = world.open(9, { lookup }, "some.name.example");
      await client.fired("close");
      expect(told(client.error)[0]).toBe(name);
    });
  }

  test("M60: both addresses of a host refuse: ConnectionRefusedError", async (world) => {
    const port = await world.deadPort();
    const addresses = [
      { address: "127.0.0.1", family: 4 },
      { address: "::1", family: 6 },
    ];
    const lookup = (_: string, __: object, found: Found): void => found(null, addresses);
    const client = world.open(port, { lookup }, "some.name.example");
    await client.fired("close");
    expect(told(client.error)).toEqual(REFUSED);
    expect(client.error?.error?.cause).toHaveProperty("code");
  });
});
