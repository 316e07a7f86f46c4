import { createServer, connect as dial, type Server, type Socket } from "node:net";
import { expect, test } from "vitest";
import { REASON_PLAINTEXT_LEFT } from "../../../assembly/reasons.ts";
import { nodeHost } from "../../../host/node/index.ts";
import { accepted } from "../../../host/node/tcp.ts";
import type { Sink, TlsTarget } from "../../../host/transport.ts";

function listening(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer({ pauseOnConnect: true }).listen(0, "127.0.0.1", () => {
      resolve(server);
    });
  });
}

test.each([1, 2, 100])("%i bytes in Node's own stream fail an upgrade", async (count) => {
  const server = await listening();
  const { port } = server.address() as { port: number };
  const arrives = new Promise<Socket>((resolve) => server.once("connection", resolve));
  const peer = dial(port, "127.0.0.1");
  const socket = await arrives;
  const transport = accepted(socket, undefined);
  const failed = new Promise<number>((resolve) => {
    const sink: Partial<Sink> = { failed: resolve, ended() {}, closed() {} };
    transport.sink = sink as Sink;
  });
  socket.unshift(new Uint8Array(count));
  const context = nodeHost.tlsContext?.({}, true);
  transport.startTls({ context, server: true, host: "" } as TlsTarget, "secured");
  expect(await failed).toBe(REASON_PLAINTEXT_LEFT);
  peer.destroy();
  socket.destroy();
  server.close();
});
