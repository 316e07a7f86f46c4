import { describe, expect, test } from "vitest";
import { Engine, TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { Loopback } from "../../host/loopback/index.ts";

describe("Engine", () => {
  const wrong: [string, unknown][] = [
    ["memory", 1],
    ["memoryBytes", 0],
    ["maxSockets", 1048577],
    ["windowBytes", 16383],
    ["host", 1],
    ["checks", "yes"],
  ];
  test.each(wrong)("option %s: %o is a TypeError that names it", (name, value) => {
    expect(() => new Engine({ [name]: value })).toThrow(TypeError);
    expect(() => new Engine({ [name]: value })).toThrow(`"${name}"`);
  });

  test("memory that cannot be divided as asked is a RangeError that says so", () => {
    expect(() => new Engine({ memoryBytes: 1 << 20, maxSockets: 65536 })).toThrow(RangeError);
    expect(() => new Engine({ memoryBytes: 1 << 20, maxSockets: 65536 })).toThrow(/too little/);
  });

  test("checks are on with the loopback host, unless told otherwise", () => {
    expect(new Engine({ host: new Loopback() }).checks).toBe(true);
    expect(new Engine({ host: new Loopback(), checks: false }).checks).toBe(false);
    expect(new Engine({ memoryBytes: 4 << 20 }).checks).toBe(false);
  });

  test("over maxSockets a client throws, an accepted connection is destroyed and counted", async () => {
    const host = new Loopback();
    const small = new Engine({ host, memoryBytes: 4 << 20, maxSockets: 2 });
    const other = new Engine({ host, memoryBytes: 4 << 20 });
    const server = new TCPServerSocket(0, { engine: small });
    const accepted: TCPSocket[] = [];
    server.onconnect = ({ socket }) => accepted.push(socket as TCPSocket);
    const clients = [1, 2].map(
      () => new TCPSocket("localhost", server.localPort, { engine: other }),
    );
    await clients[1]?.closed.catch(() => {});
    expect(accepted).toHaveLength(1);
    expect(small.stats.refusedConnections).toBe(1);
    expect(() => new TCPSocket("localhost", 1, { engine: small })).toThrow(
      expect.objectContaining({ name: "QuotaExceededError" }),
    );
    await small.drain(0);
    expect(() => new TCPSocket("localhost", 1, { engine: small })).not.toThrow();
  });
});
