/** Chapter 11 of Mozilla's API: the sockets a server makes. */
import { expect } from "vitest";
import { TCPSocket } from "../../bindings/index.ts";
import { difference, pattern } from "./support/bytes.ts";
import { EVERYWHERE, inWorlds, NODE } from "./support/world.ts";

inWorlds(EVERYWHERE, (test) => {
  test("M92: open at once, host and port are the peer's, not secure", async (world) => {
    const listening = world.listen();
    let inside: unknown[] = [];
    listening.server.onconnect = ({ socket }) => {
      if (socket === null) return;
      const { host, port, ssl, readyState, bufferedAmount } = socket;
      inside = [socket instanceof TCPSocket, host, port, ssl, readyState, bufferedAmount];
    };
    const client = world.open(listening.port);
    const served = await listening.accept();
    await client.fired("open");
    const { localPort, localAddress } = client.socket;
    expect(inside).toEqual([true, world.address, localPort, false, "open", 0]);
    const { remoteAddress, remotePort } = served.socket;
    expect([remoteAddress, remotePort]).toEqual([localAddress, localPort]);
    expect(served.socket.localPort).toBe(listening.port);
  });

  test("M92: no open event", async (world) => {
    const [client, served] = await world.pair();
    client.socket.send("x");
    await served.got(1);
    served.socket.close();
    await served.fired("close");
    await world.settled();
    expect(served.types).toBe("data close");
  });

  test("M92: host and port stay after close", async (world) => {
    const [client, served] = await world.pair();
    const { localPort } = client.socket;
    client.socket.close();
    await served.fired("close");
    expect([served.socket.host, served.socket.port]).toEqual([world.address, localPort]);
  });

  for (const binaryType of ["string", "arraybuffer", "uint8array"] as const) {
    test(`M93: binaryType is the listener's: ${binaryType}`, async (world) => {
      const [client, served] = await world.pair({}, { binaryType });
      expect(served.socket.binaryType).toBe(binaryType);
      expect(client.socket.binaryType).toBe("string");
      client.socket.send("abc");
      await served.got(3);
      const kinds = { string: "String", arraybuffer: "ArrayBuffer", uint8array: "Uint8Array" };
      for (const chunk of served.chunks) {
        expect(Object.prototype.toString.call(chunk)).toBe(`[object ${kinds[binaryType]}]`);
      }
    });
  }

  test("M94: handlers set inside onconnect miss nothing, however early it came", async (world) => {
    const listening = world.listen({ binaryType: "uint8array" });
    const peer = await world.connect(listening.port);
    peer.wire.write(pattern(600));
    peer.wire.end();
    const served = await listening.accept();
    await served.fired("close");
    expect(served.types).toBe("data close");
    expect(difference(served.bytes, pattern(600))).toBeNull();
  });

  test("M94: no data event while connect is being dispatched", async (world) => {
    const listening = world.listen();
    let during = 0;
    let dispatching = false;
    listening.server.addEventListener("connect", () => {
      dispatching = true;
    });
    listening.server.onconnect = ({ socket }) => {
      socket?.addEventListener("data", () => {
        if (dispatching) during++;
      });
    };
    listening.server.addEventListener("connect", () => {
      dispatching = false;
    });
    const peer = await world.connect(listening.port);
    peer.wire.write(pattern(100));
    const served = await listening.accept();
    await served.got(100);
    expect(during).toBe(0);
  });

  test("M94: send() and close() are legal inside onconnect", async (world) => {
    const listening = world.listen();
    listening.server.onconnect = ({ socket }) => {
      socket?.send("welcome");
      socket?.close();
    };
    const peer = await world.connect(listening.port);
    await peer.fired("end");
    expect(String.fromCharCode(...peer.bytes)).toBe("welcome");
    const served = await listening.accept();
    await served.fired("close");
    expect(served.types).toBe("close");
  });

  test("M94: a suspend() inside onconnect holds from the first byte", async (world) => {
    const listening = world.listen();
    listening.server.onconnect = ({ socket }) => socket?.suspend();
    const peer = await world.connect(listening.port);
    peer.wire.write(pattern(100));
    const served = await listening.accept();
    await world.settled();
    expect(served.types).toBe("");
    served.socket.resume();
    await served.got(100);
  });
});

inWorlds(NODE.slice(0, 1), (test) => {
  test("M92 M115b: a peer over IPv4 shows without ::ffff:", async (world) => {
    const [client, served] = await world.pair();
    expect(client.socket.remoteAddress).toBe("127.0.0.1");
    expect([served.socket.host, served.socket.remoteAddress, served.socket.localAddress]).toEqual([
      ...["127.0.0.1", "127.0.0.1", "127.0.0.1"],
    ]);
  });
});
