/** What is left of a socket at the driver when its connection is over. */
import { once } from "node:events";
import { Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test, vi } from "vitest";
import { TCPServerSocket, TCPSocket } from "../../bindings/index.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Opens and closes a socket with handlers; nothing of it is left on the stack. */
async function closedSocket(port: number): Promise<WeakRef<TCPSocket>> {
  const socket = new TCPSocket("127.0.0.1", port);
  socket.onopen = () => socket.send("x");
  socket.ondata = () => socket.close();
  await socket.closed;
  return new WeakRef(socket);
}

test("a connection that has closed holds nothing of its socket, however long it is held itself", async () => {
  const connecting = vi.spyOn(Socket.prototype, "connect");
  const server = new TCPServerSocket(0);
  server.onconnect = ({ socket }) => {
    const accepted = socket as TCPSocket;
    accepted.ondata = ({ data }) => accepted.send(data);
  };
  const socket = await closedSocket(server.localPort);
  const [connection] = connecting.mock.contexts as [Socket];
  connecting.mockRestore();
  server.close();
  await once(connection, "close"); // the peer's FIN comes behind the event of ours
  await turn(); // a WeakRef holds what it refers to until the task is over
  collectGarbage();
  expect(connection.destroyed).toBe(true);
  expect(socket.deref()).toBeUndefined();
});
