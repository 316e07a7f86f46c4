/** The contract on listeners. */
import { expect, test } from "vitest";
import { REASON_ADDRESS, REASON_REFUSED } from "../../../assembly/reasons.ts";
import type { Stage } from "./stage.ts";

export function listeningContract(on: () => Stage): void {
  test("without a host it is bound at once; listening follows, once", async () => {
    const { listener, log } = on().listen();
    expect(listener.bound).toBe(true);
    expect(listener.localPort).toBeGreaterThan(0);
    expect(listener.localAddress).not.toBe("");
    await on().fence();
    expect(log).toEqual(["listening"]);
  });

  test("with a host it is bound when it says so", async () => {
    const server = on().listen({ host: "127.0.0.1" });
    expect(server.listener.bound).not.toBe(false);
    await server.seen("listening");
    expect(server.listener.bound).toBe(true);
    expect(server.listener.localAddress).toBe("127.0.0.1");
    expect(server.listener.localPort).toBeGreaterThan(0);
    await on().connect(server.listener.localPort).seen("connected");
  });

  test("a taken port, no host: refused at once, failed with its cause later, also if closed", async () => {
    const first = on().listen();
    const second = on().listen({ port: first.listener.localPort });
    expect(second.listener.bound).toBe(false);
    expect(second.log).toEqual([]);
    second.close();
    await second.seen("closed");
    expect(second.log).toEqual(["failed", "closed"]);
    expect(second.reason).toBe(REASON_ADDRESS);
    expect(second.cause).toBeInstanceOf(Error);
    expect(second.cause).toMatchObject({ code: "EADDRINUSE" });
  });

  test("a taken port, with a host: failed", async () => {
    const first = on().listen({ host: "127.0.0.1" });
    await first.seen("listening");
    const second = on().listen({ host: "127.0.0.1", port: first.listener.localPort });
    await second.seen("failed");
    expect(second.log[0]).toBe("failed");
    expect(second.reason).toBe(REASON_ADDRESS);
    expect(second.listener.bound).not.toBe(true);
  });

  test("null in answer to accepted: the connection is destroyed", async () => {
    const server = on().listen();
    server.answer = "refuse";
    const client = on().connect(server.listener.localPort);
    await client.until(() => client.log.includes("ended") || client.log.includes("failed"));
    client.destroy();
    await client.seen("closed");
    expect(server.log).toEqual(["listening", "accepted"]);
  });

  test("close: no more connections, the accepted ones live on", async () => {
    const { client, server, listener } = await on().pair();
    const { localPort } = listener.listener;
    listener.close();
    listener.close();
    await listener.seen("closed");
    const late = on().connect(localPort);
    await late.seen("closed");
    expect(late.reason).toBe(REASON_REFUSED);
    await Promise.all([client.write(Uint8Array.of(1)), server.write(Uint8Array.of(2))]);
    await client.until(() => client.inputBytes === 1);
    await server.until(() => server.inputBytes === 1);
    expect(listener.log).toEqual(["listening", "accepted", "closed"]);
  });

  test.each([undefined, "127.0.0.1"])("close at once (host: %s): closed follows", async (host) => {
    const server = on().listen({ host });
    server.close();
    await server.seen("closed");
  });

  test("a port that was closed can be had again", async () => {
    const port = await on().freePort();
    const server = on().listen({ port });
    expect(server.listener.bound).toBe(true);
    expect(server.listener.localPort).toBe(port);
  });
}
