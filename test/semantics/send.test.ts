/** Chapter 7 of Mozilla's API: what send() takes, returns and refuses. */
import { expect } from "vitest";
import { difference, pattern, text } from "./support/bytes.ts";
import { thrown } from "./support/thrown.ts";
import type { Watch } from "./support/watch.ts";
import { EVERYWHERE, inWorlds } from "./support/world.ts";

const FULL = 65_536;

/** Expects the refusal of M63, of which nothing is left. */
function refused({ socket }: Watch): void {
  const error = thrown(() => socket.send("x"));
  expect(error).toBeInstanceOf(DOMException);
  expect(error?.name).toBe("InvalidStateError");
  expect(socket.bufferedAmount).toBe(0);
}

inWorlds(EVERYWHERE, (test) => {
  test("M63: send() before open, in closing and closed is an InvalidStateError", async (world) => {
    const listening = await world.peers();
    const client = world.open(listening.port);
    refused(client);
    const peer = await listening.accept();
    await client.fired("open");
    client.socket.close();
    expect(client.socket.readyState).toBe("closing");
    refused(client);
    await client.fired("close");
    refused(client);
    await peer.fired("end");
    expect(peer.received).toBe(0);
  });

  test("M63: nor inside onerror and onclose", async (world) => {
    const [client, peer] = await world.client();
    let refusals = 0;
    const attempt = (): void => {
      refused(client);
      refusals++;
    };
    client.socket.onerror = attempt;
    client.socket.onclose = attempt;
    peer.wire.reset();
    await client.fired("close");
    await world.settled();
    expect(refusals).toBe(2);
  });

  test("M66: a char above U+00FF is a TypeError in every state, nothing queued", async (world) => {
    const listening = await world.peers();
    const client = world.open(listening.port);
    const attempt = (): void => {
      const error = thrown(() => client.socket.send("price: \u20ac 5"));
      expect(error).toBeInstanceOf(TypeError);
      expect(error?.message).toBe(
        "character U+20AC is above U+00FF; pass bytes (new TextEncoder().encode(text))",
      );
      expect(client.socket.bufferedAmount).toBe(0);
    };
    attempt();
    const peer = await listening.accept();
    await client.fired("open");
    attempt();
    client.socket.send("\u00ff");
    client.socket.close();
    const error = thrown(() => client.socket.send("\u0100"));
    expect(error, "the argument is converted before the state is looked at").toBeInstanceOf(
      TypeError,
    );
    await client.fired("close");
    attempt();
    await peer.fired("end");
    expect([...peer.bytes]).toEqual([0xff]);
  });

  test("M65 M66: missing data is a TypeError", async (world) => {
    const [{ socket }] = await world.client();
    expect(() => Reflect.apply(socket.send, socket, [])).toThrow(TypeError);
    expect(socket.bufferedAmount).toBe(0);
  });

  test("M69: the clamped count is what counts, 0 sends nothing", async (world) => {
    const [{ socket }, peer] = await world.client();
    expect(socket.send(pattern(100).buffer, 0, 1e6)).toBe(true);
    expect(socket.send(pattern(100_000).buffer, 0, 0)).toBe(true);
    expect(socket.bufferedAmount).toBe(100);
    socket.close();
    await peer.fired("end");
    expect(peer.received).toBe(100);
  });

  test("M70: sending exactly 65536 bytes into an empty buffer returns true, three more return false", async (world) => {
    const [{ socket }] = await world.client();
    expect(socket.send(pattern(FULL))).toBe(true);
    expect(socket.send(pattern(3))).toBe(false);
    expect(socket.bufferedAmount).toBe(FULL + 3);
    socket.closeImmediately();
    const [again] = await world.client();
    expect(again.socket.send(pattern(FULL + 1))).toBe(false);
    expect(again.socket.send("")).toBe(false);
    expect(again.socket.send("more is taken all the same")).toBe(false);
    expect(again.socket.bufferedAmount).toBe(FULL + 27);
    again.socket.closeImmediately();
  });

  test("M70: highWaterMark moves the limit", async (world) => {
    const [{ socket }] = await world.client({ highWaterMark: 10 });
    expect(socket.send("0123456789")).toBe(true);
    expect(socket.send("")).toBe(true);
    expect(socket.send("x")).toBe(false);
    const [none] = await world.client({ highWaterMark: 0 });
    expect(none.socket.send("")).toBe(true);
    expect(none.socket.send("x")).toBe(false);
  });

  test("M70: above maxBufferedAmount send() throws and queues nothing", async (world) => {
    const [{ socket }, peer] = await world.client({ maxBufferedAmount: 1000 });
    expect(socket.send(pattern(600))).toBe(true);
    const error = thrown(() => socket.send(pattern(401)));
    expect(error?.name).toBe("QuotaExceededError");
    expect(socket.bufferedAmount).toBe(600);
    expect(socket.send(pattern(400, 600))).toBe(true);
    expect(thrown(() => socket.send("x"))?.name).toBe("QuotaExceededError");
    expect(socket.readyState).toBe("open");
    expect(difference(await peer.got(1000), pattern(1000))).toBeNull();
    await world.settled();
    expect(socket.send("y")).toBe(true);
    await peer.got(1001);
  });

  test("M73: nothing leaves inside send(): what closeImmediately() meets is dropped", async (world) => {
    const [client, peer] = await world.client();
    client.socket.send("small");
    client.socket.send(pattern(1000));
    client.socket.closeImmediately();
    await client.fired("close");
    await peer.fired("end");
    expect(peer.received).toBe(0);
    expect(peer.events.startsWith("end")).toBe(true);
  });

  test("M74: order holds across strings and buffers, small and large", async (world) => {
    const [{ socket }, peer] = await world.client();
    const bytes = pattern(world.mark * 10);
    const sizes = [1, 300, world.mark, 7, world.mark * 2, 1, 1, 150, world.mark + 1, 20];
    let at = 0;
    sizes.forEach((size, i) => {
      const part = bytes.subarray(at, at + size);
      socket.send(i % 2 === 0 ? part : text(part));
      at += size;
    });
    expect(socket.bufferedAmount).toBe(at);
    expect(difference(await peer.got(at), bytes.subarray(0, at))).toBeNull();
  });

  test("M74: two slices of one buffer arrive as one sequence", async (world) => {
    const [{ socket }, peer] = await world.client();
    const { buffer } = pattern(21);
    socket.send(buffer, 0, 8);
    socket.send(buffer, 8, 13);
    expect(difference(await peer.got(21), pattern(21))).toBeNull();
  });

  test("M74: sends in later turns come behind those of earlier ones", async (world) => {
    const [{ socket }, peer] = await world.client();
    for (let i = 0; i < 20; i++) {
      socket.send(pattern(100, i * 100));
      if (i % 3 === 0) await new Promise((resume) => setImmediate(resume));
      if (i % 3 === 1) await null;
    }
    expect(difference(await peer.got(2000), pattern(2000))).toBeNull();
  });
});
