/** The contract on how a connection comes up, or does not. */
import { expect, test } from "vitest";
import { REASON_NOT_FOUND, REASON_REFUSED } from "../../../assembly/reasons.ts";
import type { Stage } from "./stage.ts";

export function connectingContract(on: () => Stage): void {
  test("connected comes first; both ends know the same addresses", async () => {
    const { client, server } = await on().pair();
    const here = client.transport.addresses;
    const there = server.transport.addresses;
    expect(client.log).toEqual(["connected"]);
    expect([here.localPort, here.remotePort]).toEqual([there.remotePort, there.localPort]);
    expect(here.localPort).toBeGreaterThan(0);
    expect(here.remoteAddress).toBe("127.0.0.1");
    expect([here.localAddress, there.localAddress, there.remoteAddress]).not.toContain("");
  });

  test("addresses are empty until they are known", async () => {
    const client = on().connect(await on().freePort());
    const unknown = { localAddress: "", localPort: 0, remoteAddress: "", remotePort: 0 };
    const { localAddress, localPort, remoteAddress, remotePort } = client.transport.addresses;
    expect({ localAddress, localPort, remoteAddress, remotePort }).toEqual(unknown);
  });

  test("a host name works as well as an address", async () => {
    const listener = on().listen();
    await listener.seen("listening");
    const client = on().connect(listener.listener.localPort, { host: "localhost" });
    await client.seen("connected");
  });

  test("nobody listens: failed as refused, then closed", async () => {
    const client = on().connect(await on().freePort());
    await client.seen("closed");
    expect(client.log).toEqual(["failed", "closed"]);
    expect(client.reason).toBe(REASON_REFUSED);
    expect(client.cause).toBeInstanceOf(Error);
    expect(client.cause).toMatchObject({ code: "ECONNREFUSED" });
  });

  test("no such name: failed as not found, then closed", async () => {
    const client = on().connect(1, { host: "name.invalid" });
    await client.seen("closed");
    expect(client.log).toEqual(["failed", "closed"]);
    expect(client.reason).toBe(REASON_NOT_FOUND);
    expect(client.cause).toBeInstanceOf(Error);
  });

  test.each([
    ["port", { port: 65_536 }],
    ["local address", { localAddress: "nonsense" }],
  ])("a wrong %s is reported as failed, never thrown", async (_, target) => {
    const { listener } = await on().pair();
    const client = on().connect(listener.listener.localPort, target);
    await client.seen("closed");
    expect(client.log).toEqual(["failed", "closed"]);
    expect(client.reason).toBeGreaterThan(0);
  });

  test("destroy while connecting: closed and nothing else", async () => {
    const { listener } = await on().pair();
    const clients = [listener.listener.localPort, await on().freePort()].map((port) => {
      return on().connect(port);
    });
    for (const client of clients) client.destroy();
    for (const client of clients) {
      await client.seen("closed");
      expect(client.log).toEqual(["closed"]);
    }
  });

  test("destroy a task later: closed comes last, and the listener lives on", async () => {
    const { listener } = await on().pair();
    const { localPort } = listener.listener;
    const client = on().connect(localPort);
    await new Promise<void>((done) => on().host.defer(done));
    client.destroy();
    await client.seen("closed");
    expect(client.log).not.toContain("failed");
    await on().connect(localPort).seen("connected");
  });

  test("ref and unref may be called at any time", async () => {
    const { client, listener } = await on().pair();
    for (const one of [client.transport, listener.listener]) {
      on().call(() => one.unref());
      on().call(() => one.ref());
    }
    client.destroy();
    await client.seen("closed");
    on().call(() => client.transport.unref());
    on().call(() => client.transport.ref());
  });

  test("200 connections at once, each with its own bytes", async () => {
    const listener = on().listen();
    await listener.seen("listening");
    const { localPort } = listener.listener;
    const clients = Array.from({ length: 200 }, () => on().connect(localPort));
    await Promise.all(
      clients.map(async (client, number) => {
        await client.seen("connected");
        const server = await listener.accept(client.transport.addresses.localPort);
        await Promise.all([
          client.write(Uint8Array.of(number, 1)),
          server.write(Uint8Array.of(number, 2)),
        ]);
        await client.until(() => client.inputBytes === 2);
        await server.until(() => server.inputBytes === 2);
        expect([...client.input, ...server.input]).toEqual([number, 2, number, 1]);
      }),
    );
  });
}
