/** Chapter 4 of Mozilla's API: the event objects, what they carry and who gets them. */
import { expect } from "vitest";
import {
  type MessageBatch,
  TCPSocket,
  TCPSocketErrorEvent,
  TCPSocketEvent,
} from "../../bindings/index.ts";
import { difference, joined, latin1, pattern, text } from "./support/bytes.ts";
import { reports } from "./support/reports.ts";
import { EVERYWHERE, inWorlds } from "./support/world.ts";

const ALL_BYTES = pattern(0x100, 0).map((_, i) => i);

inWorlds(EVERYWHERE, (test) => {
  test("M4 M5: on… handlers and listeners in order of first setting, this is the socket", async (world) => {
    const listening = world.listen();
    const { socket } = world.open(listening.port);
    const order: unknown[] = [];
    socket.addEventListener("open", () => order.push("before"));
    socket.onopen = () => order.push("replaced");
    socket.addEventListener("open", () => order.push("after"));
    const watched = new Promise<void>((resolve) => {
      socket.onopen = function (event) {
        order.push(this === socket && event.target === socket);
        setImmediate(resolve);
      };
    });
    const removed = (): unknown => order.push("removed");
    socket.addEventListener("open", removed);
    socket.removeEventListener("open", removed);
    socket.addEventListener("open", () => order.push("once"), { once: true });
    await watched;
    expect(order).toEqual(["before", true, "after", "once"]);
  });

  test("M6: a handler that throws is reported, and everything goes on", async (world) => {
    const [client, peer] = await world.client({ highWaterMark: world.mark });
    const { socket } = client;
    const after: string[] = [];
    const reported = await reports(3, async () => {
      for (const type of ["data", "drain", "close"]) {
        socket.addEventListener(type, () => {
          throw new Error(`from ${type}`);
        });
        socket.addEventListener(type, () => after.push(type));
      }
      peer.wire.write(pattern(1));
      await client.got(1);
      socket.send(pattern(world.mark + 1));
      await client.fired("drain");
      socket.close();
      await client.fired("close");
    });
    expect(reported).toEqual(["from data", "from drain", "from close"]);
    expect(after).toEqual(["data", "drain", "close"]);
    expect(client.types).toBe("open data drain close");
    await peer.fired("end");
    expect(peer.received).toBe(world.mark + 1);
  });

  test("M35: target and currentTarget are the socket, for every listener", async (world) => {
    const [{ socket }, peer] = await world.client();
    const targets: unknown[] = [];
    const all = new Promise<void>((resolve) => {
      for (let listener = 0; listener < 3; listener++) {
        socket.addEventListener("data", ({ target, currentTarget }) => {
          targets.push(target, currentTarget);
          if (targets.length === 6) resolve();
        });
      }
    });
    peer.wire.write(pattern(1));
    await all;
    expect(targets.map((target) => target === socket)).toEqual(new Array(6).fill(true));
  });

  test("M35 M36: flags, and data undefined but for data events", async (world) => {
    const [client, peer] = await world.client({ highWaterMark: world.mark });
    peer.wire.write(pattern(1));
    await client.got(1);
    client.socket.send(pattern(world.mark + 1));
    await client.fired("drain");
    client.socket.close();
    await client.fired("close");
    expect(client.types).toBe("open data drain close");
    for (const { event, type } of client.seen) {
      const { bubbles, cancelable, isTrusted, target } = event;
      expect([bubbles, cancelable, isTrusted], type).toEqual([false, false, true]);
      expect(event).toBeInstanceOf(TCPSocketEvent);
      expect(target).toBe(client.socket);
      if (type === "data") continue;
      expect("data" in event, type).toBe(true);
      expect((event as TCPSocketEvent).data, type).toBeUndefined();
    }
  });

  test("M35 M42 M43: what an error event says", async (world) => {
    const client = world.open(await world.deadPort());
    await client.fired("close");
    const event = client.error as TCPSocketErrorEvent;
    expect(event).toBeInstanceOf(TCPSocketErrorEvent);
    const { name, message, errorCode, bubbles, cancelable, isTrusted, target } = event;
    expect([name, message, errorCode]).toEqual(["ConnectionRefusedError", "Network", 0x804b000d]);
    expect([bubbles, cancelable, isTrusted]).toEqual([false, false, true]);
    expect(target).toBe(client.socket);
    expect(event.data).toMatchObject({ name, message });
  });

  test("M38: arraybuffer: fresh, exact, the listener's own to change or transfer", async (world) => {
    const [client, peer] = await world.client({ binaryType: "arraybuffer" });
    const sizes: number[] = [];
    client.socket.ondata = ({ data }) => {
      sizes.push(data.byteLength);
      expect(data).toBeInstanceOf(ArrayBuffer);
    };
    peer.wire.write(pattern(300));
    const first = await client.got(300);
    expect(difference(first, pattern(300))).toBeNull();
    expect(sizes.reduce((sum, size) => sum + size)).toBe(300);
    const [kept] = client.chunks as [ArrayBuffer];
    const expected = new Uint8Array(kept.slice(0));
    peer.wire.write(pattern(300, 150));
    await client.got(600);
    expect(difference(new Uint8Array(kept), expected), "not reused").toBeNull();
    expect(new Set(client.chunks).size).toBe(client.chunks.length);
    structuredClone(kept, { transfer: [kept] });
    expect(kept.byteLength).toBe(0);
    peer.wire.write(pattern(10, 7));
    await client.until("ten more bytes", () => client.received >= 610);
  });

  test("M39 M40: string: a char per byte, zeros and bytes above 127 included", async (world) => {
    const [client, peer] = await world.client({ binaryType: "string" });
    peer.wire.write(joined(ALL_BYTES, new Uint8Array(3), latin1("\u00e4\u00f6\0end")));
    await client.got(256 + 3 + 6);
    for (const chunk of client.chunks) expect(chunk).toBeTypeOf("string");
    const expected = `${text(ALL_BYTES)}\0\0\0\u00e4\u00f6\0end`;
    expect(client.chunks.join("")).toBe(expected);
  });

  test("uint8array: bytes the app owns", async (world) => {
    const [client, peer] = await world.client({ binaryType: "uint8array" });
    peer.wire.write(pattern(500));
    await client.got(500);
    const kept = client.bytes;
    peer.wire.write(pattern(500, 77));
    await client.got(1000);
    for (const chunk of client.chunks) expect(chunk).toBeInstanceOf(Uint8Array);
    expect(difference(client.bytes.subarray(0, 500), kept)).toBeNull();
    expect(difference(client.bytes, joined(pattern(500), pattern(500, 77)))).toBeNull();
  });

  test("M41: no data event is empty, and nothing is lost or reordered", async (world) => {
    const [client, peer] = await world.client();
    const size = world.mark * 3;
    for (let i = 0; i < 3; i++) peer.wire.write(pattern(world.mark, i * world.mark));
    await client.got(size);
    expect(Math.min(...client.chunks.map((chunk) => (chunk as string).length))).toBeGreaterThan(0);
    expect(difference(client.bytes, pattern(size))).toBeNull();
  });

  test("without a consumer data is dropped, a later one gets what comes later", async (world) => {
    const listening = world.listen();
    const socket = new TCPSocket(world.address, listening.port, world.options({}));
    await new Promise((resume) => {
      socket.onopen = resume;
    });
    const served = await listening.accept();
    const echoed = new Promise<void>((resume) => {
      served.socket.ondata = () => resume();
    });
    served.socket.send("early");
    await world.settled();
    let came = "";
    const late = new Promise<void>((resume) => {
      socket.ondata = ({ data }) => {
        came += data;
        if (came.endsWith("late")) resume();
      };
    });
    socket.send("?");
    await echoed;
    served.socket.send("late");
    await late;
    expect(came).toBe("late");
    socket.close();
  });

  test("messages: takes all input instead of data, one lent batch a read", async (world) => {
    const [client, peer] = await world.client({ binaryType: "uint8array" });
    const batches: MessageBatch[] = [];
    let came = "";
    const all = new Promise<void>((resume) => {
      client.socket.onmessages = ({ data }) => {
        batches.push(data);
        expect(data.length).toBe(1);
        came += text(data.at(0));
        if (came.length === 300) resume();
      };
    });
    peer.wire.write(pattern(300));
    await all;
    await world.settled();
    expect(difference(latin1(came), pattern(300))).toBeNull();
    expect(client.all("data")).toEqual([]);
    for (const batch of batches) expect(() => batch.at(0)).toThrow();
  });
});
