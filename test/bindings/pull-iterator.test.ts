import { describe, expect, test } from "vitest";
import { TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { PullIterator } from "../../bindings/pull-iterator.ts";
import { HOSTS, next, settle } from "../support/hosts.ts";

describe.each(HOSTS)("a server's loop on %s", (_name, makeEngine) => {
  test("left behind close(), it closes the sockets that it has not handed out", async () => {
    const engine = makeEngine();
    const server = new TCPServerSocket(0, { engine });
    const iterator = server[Symbol.asyncIterator]();
    const clients = [1, 2].map(() => new TCPSocket("localhost", server.localPort, { engine }));
    const closed = clients.map((client) => next(client, "close"));
    const first = (await iterator.next()).value as TCPSocket;
    while (engine.stats.sockets < 5) await settle(1);
    await settle(5); // the second is queued
    server.close();
    while (engine.stats.sockets > 4) await settle(1);
    await iterator.return?.();
    await Promise.race(closed);
    expect(first.readyState).toBe("open");
    expect((await iterator.next()).done).toBe(true);
    first.close();
    await Promise.all(closed);
    while (engine.stats.sockets > 0) await settle(1);
  });
});

test("behind return() an iterator throws no more, and gives nothing", async () => {
  const left: number[][] = [];
  const iterator = new PullIterator<number>({ left: (queued) => left.push([...queued]) });
  iterator.push(1);
  iterator.end(new Error("gone"));
  await iterator.return();
  expect(left).toEqual([[1]]);
  expect(await iterator.next()).toEqual({ done: true, value: undefined });
  await iterator.return();
  expect(left).toEqual([[1]]);
});
