/** Injected plaintext that no listener takes: it is dropped, and still seen. */
import { once } from "node:events";
import net from "node:net";
import { expect, test } from "vitest";
import { framing, TCPSocket } from "../../bindings/index.ts";

test("M107: the line behind the reply, with a listener for one line", async () => {
  const server = net.createServer((peer) => {
    peer.on("error", () => {});
    peer.write("220 go\r\n250 injected\r\n");
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as net.AddressInfo;
  const socket = new TCPSocket("127.0.0.1", port, { framing: framing.lines() });
  const { data } = await new Promise<{ data: string }>((resolve) => {
    socket.addEventListener("data", resolve as never, { once: true });
  });
  expect(data).toBe("220 go");
  await expect(socket.upgradeToSecure()).rejects.toMatchObject({ name: "SecurityError" });
  server.close();
});
