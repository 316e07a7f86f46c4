/** What a socket says of itself: its ends and its totals, exact while it lives and kept afterwards. */
import { expect } from "vitest";
import { TCPSocket } from "../../bindings/index.ts";
import { pattern } from "./support/bytes.ts";
import { Watch } from "./support/watch.ts";
import { EVERYWHERE, inWorlds } from "./support/world.ts";

function ends(socket: TCPSocket): unknown {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  return { localAddress, localPort, remoteAddress, remotePort };
}

const NOWHERE = { localAddress: "", localPort: 0, remoteAddress: "", remotePort: 0 };

function totals({ bytesSent, bytesReceived }: TCPSocket): number[] {
  return [bytesSent, bytesReceived];
}

inWorlds(EVERYWHERE, (test) => {
  test("bytesSent and bytesReceived are exact, and kept after close", async (world) => {
    const [client, peer] = await world.client();
    const { socket } = client;
    expect(totals(socket)).toEqual([0, 0]);
    const sizes = [1, 0, 300, world.mark + 1];
    let sent = 0;
    let received = 0;
    for (const size of sizes) {
      socket.send(pattern(size));
      sent += size;
      received += size + 7;
      expect(socket.bytesSent + socket.bufferedAmount, "sent or waiting").toBe(sent);
      peer.wire.write(pattern(size + 7));
      await client.got(received);
      await peer.got(sent);
      expect(socket.bytesReceived).toBe(received);
    }
    await world.settled();
    expect(totals(socket)).toEqual([sent, received]);
    let inside: number[] = [];
    socket.onclose = () => {
      inside = totals(socket);
    };
    socket.close();
    await client.fired("close");
    await world.settled();
    expect([inside, totals(socket)]).toEqual([
      [sent, received],
      [sent, received],
    ]);
  });

  test("bytesReceived counts what nobody listens to, and what came while suspended", async (world) => {
    const listening = await world.peers();
    const socket = new TCPSocket(world.address, listening.port, world.options({}));
    const peer = await listening.accept();
    peer.wire.write(pattern(100));
    await world.settled();
    expect(totals(socket), "no listener at all").toEqual([0, 100]);
    const client = new Watch(socket);
    socket.suspend();
    peer.wire.write(pattern(50));
    await world.settled();
    socket.resume();
    await client.got(50);
    expect(totals(socket)).toEqual([0, 150]);
    socket.close();
  });

  test("bytesSent counts what the host took, not what was dropped", async (world) => {
    const [client, peer] = await world.client({}, { paused: true });
    const { socket } = client;
    socket.send(pattern(world.plenty));
    await world.settled();
    const stuck = socket.bufferedAmount;
    expect(socket.bytesSent).toBe(world.plenty - stuck);
    socket.closeImmediately();
    await client.fired("close");
    expect(socket.bytesSent).toBeGreaterThanOrEqual(world.plenty - stuck);
    expect(socket.bytesSent).toBeLessThan(world.plenty);
    const kept = socket.bytesSent;
    peer.wire.resume();
    await peer.until("FIN or RST", () => peer.events !== "");
    expect(socket.bytesSent).toBe(kept);
  });

  for (const how of ["close", "reset"] as const) {
    test(`addresses are empty before open, and kept after ${how}`, async (world) => {
      const listening = await world.peers();
      const client = world.open(listening.port);
      expect(ends(client.socket)).toEqual(NOWHERE);
      await client.fired("open");
      const open = ends(client.socket);
      expect(open).toMatchObject({ remoteAddress: world.address, remotePort: listening.port });
      expect(client.socket.localAddress).toBe(world.address);
      expect(client.socket.localPort).toBeGreaterThan(0);
      const peer = await listening.accept();
      if (how === "reset") peer.wire.reset();
      else client.socket.close();
      let inside: unknown;
      client.socket.onclose = () => {
        inside = ends(client.socket);
      };
      await client.fired("close");
      peer.wire.destroy();
      await world.settled();
      expect([inside, ends(client.socket)]).toEqual([open, open]);
    });
  }

  for (const how of ["close", "closeImmediately", "FIN"] as const) {
    test(`addresses may be asked for first in onclose (${how})`, async (world) => {
      const [client, peer] = await world.client();
      let inside: unknown;
      client.socket.onclose = () => {
        inside = ends(client.socket);
      };
      if (how === "FIN") peer.wire.end();
      else client.socket[how]();
      await client.fired("close");
      peer.wire.destroy();
      await world.settled();
      expect(inside).toMatchObject({ remoteAddress: world.address });
      expect(ends(client.socket)).toEqual(inside);
    });
  }

  test("addresses of a connection that failed are empty", async (world) => {
    const client = world.open(await world.deadPort());
    await client.fired("close");
    expect(ends(client.socket)).toEqual(NOWHERE);
    expect(totals(client.socket)).toEqual([0, 0]);
  });
});
