/**
 * Servers in workers of node:cluster, where the primary binds: so nothing about the port is known
 * when the constructor returns, several workers may have the same one, and a port that is taken is
 * no exception but an event. Runs the package as it is built.
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeHost } from "../../host/node/index.ts";
import { Cluster } from "./support/cluster.ts";

let cluster: Cluster;
beforeEach(() => {
  cluster = new Cluster();
});
afterEach(() => cluster.end());

/** Listens on all interfaces, as a TCPServerSocket without `host` does. */
async function occupy(port: number): Promise<{ server: Server; port: number }> {
  const server = createServer().listen(port);
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

async function release(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}

/** A port nobody listens on now. */
async function freePort(): Promise<number> {
  const { server, port } = await occupy(0);
  await release(server);
  return port;
}

/** All that comes back for a text and its end. */
async function answer(port: number, text: string): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.setEncoding("latin1").end(text);
  let answered = "";
  for await (const piece of socket) answered += piece;
  return answered;
}

test("localPort is 0 at first, known when `listening` resolves, and connections come", async () => {
  const worker = cluster.listen(0);
  expect(await cluster.says(worker, "constructed")).toMatchObject({ localPort: 0 });
  const { localPort = 0 } = await cluster.says(worker, "listening");
  expect(localPort).toBeGreaterThan(0);
  expect(await answer(localPort, "hello")).toBe("1:hello");
  const long = "0123456789".repeat(100_000);
  expect(await answer(localPort, long)).toBe(`1:${long}`);
  expect(cluster.steps(worker)).toEqual(["constructed", "listening"]);
});

test("two workers share a port, and the primary deals the connections out", async () => {
  const port = await freePort();
  const workers = [cluster.listen(port), cluster.listen(port)];
  for (const worker of workers) {
    expect(await cluster.says(worker, "constructed")).toMatchObject({ localPort: 0 });
    expect(await cluster.says(worker, "listening")).toMatchObject({ localPort: port });
  }
  const answers: string[] = [];
  for (let i = 0; i < 4; i++) answers.push(await answer(port, "hello"));
  expect(answers.sort()).toEqual(["1:hello", "1:hello", "2:hello", "2:hello"]);
});

test("a port in use fires `error` and rejects `listening`", async () => {
  const { server, port } = await occupy(0);
  try {
    const worker = cluster.listen(port);
    const failure = {
      ours: true,
      name: "NetworkError",
      code: "EADDRINUSE",
      causeCode: "EADDRINUSE",
    };
    expect(await cluster.says(worker, "error")).toMatchObject(failure);
    expect(await cluster.says(worker, "rejected")).toMatchObject(failure);
    expect(cluster.steps(worker).sort()).toEqual(["constructed", "error", "rejected"]);
  } finally {
    await release(server);
  }
});

test.skipIf(nodeHost.reusesPorts)("reusePort, which this Node has not, binds nothing", async () => {
  const port = await freePort();
  const worker = cluster.listen(port, { reusePort: true });
  expect(await cluster.says(worker, "thrown")).toMatchObject({ name: "NotSupportedError" });
  expect(cluster.steps(worker)).toEqual(["thrown"]);
  const { server } = await occupy(port); // nobody has it
  await release(server);
});
