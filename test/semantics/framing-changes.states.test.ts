/** setFraming() in every state, and with bytes that wait: from the first one not yet delivered. */
import { expect } from "vitest";
import { type Framing, framing } from "../../bindings/index.ts";
import { latin1, text } from "./support/bytes.ts";
import { EVERYWHERE, inWorlds } from "./support/world.ts";

const LINES = framing.lines();

inWorlds(EVERYWHERE, (test) => {
  test("while connecting, instead of the one it was made with", async (world) => {
    const listening = await world.peers();
    const client = world.open(listening.port, { framing: framing.fixed(1) });
    client.socket.setFraming(framing.netstring());
    client.socket.setFraming(LINES);
    const peer = await listening.accept();
    peer.wire.write(latin1("ab\r\ncd\r\n"));
    await client.fired("data", 2);
    expect(client.chunks).toEqual(["ab", "cd"]);
    client.socket.send("x");
    expect(text(await peer.got(3))).toBe("x\r\n");
  });

  test("in onopen, to none", async (world) => {
    const listening = await world.peers();
    const client = world.open(listening.port, { framing: framing.fixed(100) });
    client.socket.onopen = () => client.socket.setFraming(null);
    const peer = await listening.accept();
    peer.wire.write(latin1("abc"));
    expect(text(await client.got(3))).toBe("abc");
  });

  test("while suspended: what waits is cut by the framing at resume()", async (world) => {
    const [client, peer] = await world.client({ framing: framing.fixed(4) });
    const { socket } = client;
    socket.suspend();
    peer.wire.write(latin1("a\r\nbc\r\nd"));
    await world.settled();
    socket.setFraming(framing.lines());
    socket.setFraming(framing.fixed(3));
    await world.settled();
    expect(client.types).toBe("open");
    socket.resume();
    await client.fired("data", 2);
    expect(client.chunks).toEqual(["a\r\n", "bc\r"]);
    socket.setFraming(null);
    await client.got(8);
    expect(text(client.bytes)).toBe("a\r\nbc\r\nd");
  });

  test("with a part of a message held, which the new framing takes first", async (world) => {
    const [client, peer] = await world.client({ framing: framing.lengthPrefixed({ bytes: 4 }) });
    peer.wire.write(latin1("\0\0\0\x40ab\r\ncd"));
    await world.settled();
    expect(client.types).toBe("open");
    client.socket.setFraming(LINES);
    await client.fired("data");
    peer.wire.write(latin1("e\r\n"));
    await client.fired("data", 2);
    expect(client.chunks).toEqual(["\0\0\0\x40ab", "cde"]);
  });

  test("never inside the call, nor in its microtasks", async (world) => {
    const [client, peer] = await world.client({ framing: framing.fixed(100) });
    peer.wire.write(latin1("abc"));
    await world.settled();
    client.socket.setFraming(null);
    expect(client.types).toBe("open");
    await null;
    expect(client.types).toBe("open");
    await client.fired("data");
    expect(client.chunks.join("")).toBe("abc");
  });

  test("with a part held, any number of times; with the same framing nothing is lost", async (world) => {
    const [client, peer] = await world.client({ framing: LINES });
    const all: Framing[] = [
      framing.fixed(1000),
      framing.netstring(),
      framing.delimited("|"),
      LINES,
    ];
    peer.wire.write(latin1("12"));
    await world.settled();
    for (const one of all) client.socket.setFraming(one);
    await world.settled();
    peer.wire.write(latin1("34"));
    await world.settled();
    client.socket.setFraming(LINES);
    peer.wire.write(latin1("56\r"));
    await world.settled();
    client.socket.setFraming(LINES);
    peer.wire.write(latin1("\n"));
    await client.fired("data");
    expect(client.chunks).toEqual(["123456"]);
    expect(client.types).toBe("open data");
  });

  test("when closing or closed it changes nothing", async (world) => {
    const [client, peer] = await world.client({ framing: LINES });
    client.socket.ondata = () => {
      client.socket.close();
      client.socket.setFraming(framing.fixed(1));
    };
    peer.wire.write(latin1("one\r\ntwo\r\n"));
    await client.fired("close");
    client.socket.setFraming(null);
    client.socket.setFraming(LINES);
    await world.settled();
    expect(client.chunks).toEqual(["one"]);
    expect(client.types).toBe("open data close");
  });

  test("to a framing by which what is held is malformed: an error, and no data", async (world) => {
    const [client, peer] = await world.client({ framing: LINES });
    peer.wire.write(latin1("x:abc,"));
    await world.settled();
    client.socket.setFraming(framing.netstring());
    await client.fired("close");
    expect(client.types).toBe("open error close");
    expect(client.error?.error?.cause).toMatchObject({ framing: "netstring" });
  });

  test("what was queued before keeps its frame, what comes after gets the new one", async (world) => {
    const [{ socket }, peer] = await world.client();
    socket.send("raw");
    socket.setFraming(LINES);
    socket.send("line");
    socket.setFraming(framing.netstring());
    socket.send("net");
    socket.setFraming(null);
    socket.send("raw");
    const wire = "rawline\r\n3:net,raw";
    expect(socket.bufferedAmount).toBe(wire.length);
    expect(text(await peer.got(wire.length))).toBe(wire);
  });
});
