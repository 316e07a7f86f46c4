/**
 * A whole session of a client and a server, as Mozilla's own basics test has it: small messages,
 * closes from either side, the two sides of 65536 bytes, drain, and a close that must not deliver.
 */
import { expect } from "vitest";
import type { SocketOptions } from "../../bindings/index.ts";
import { difference, joined, latin1, pattern } from "./support/bytes.ts";
import type { Watch } from "./support/watch.ts";
import { EVERYWHERE, inWorlds, type Listening, type World } from "./support/world.ts";

/** Sender, receiver: a step is tried in both directions. */
type Ends = readonly [Watch, Watch];

class Session {
  readonly world: World;
  readonly options: SocketOptions;
  readonly listening: Listening;
  #connections = 0;

  constructor(world: World) {
    this.world = world;
    // 65536 is the default, which is what is used wherever that many bytes are quick.
    const { mark } = world;
    this.options = { binaryType: "arraybuffer", ...(mark !== 65_536 && { highWaterMark: mark }) };
    this.listening = world.listen(this.options, -1);
  }

  async connect(): Promise<Ends> {
    const client = this.world.open(this.listening.port, this.options);
    expect(client.socket.readyState).toBe("connecting");
    const served = await this.listening.accept(++this.#connections);
    await client.fired("open");
    expect([client.socket.readyState, served.socket.readyState]).toEqual(["open", "open"]);
    expect(served.types, "no open event for the accepted").toBe("");
    return [client, served];
  }

  /** Runs a step from the client's side, then on a new connection from the server's. */
  async bothWays(step: (from: Watch, to: Watch) => Promise<void>): Promise<void> {
    await step(...(await this.connect()));
    const [client, served] = await this.connect();
    await step(served, client);
  }
}

/** What fired since the connection was up. */
function since({ types }: Watch): string {
  return types.replace(/^open ?/, "");
}

async function closed(first: Watch, second: Watch): Promise<void> {
  expect(first.socket.readyState).toBe("closing");
  await Promise.all([first.fired("close"), second.fired("close")]);
  expect([first.socket.readyState, second.socket.readyState]).toEqual(["closed", "closed"]);
  expect(first.error ?? second.error).toBeUndefined();
}

inWorlds(EVERYWHERE, (test) => {
  test("M24 M26 M38: messages to and fro, then a close from either side", async (world) => {
    const session = new Session(world);
    const [client, served] = await session.connect();
    const question = Uint8Array.of(0, 1, 2, 3, 4, 5);
    const answer = Uint8Array.of(255, 254, 253);
    expect(client.socket.send(question.buffer)).toBe(true);
    expect(difference(await served.got(6), question)).toBeNull();
    expect(served.socket.send(answer.buffer)).toBe(true);
    expect(difference(await client.got(3), answer)).toBeNull();
    for (const chunk of [...client.chunks, ...served.chunks]) {
      expect(chunk).toBeInstanceOf(ArrayBuffer);
    }
    expect(client.socket.send(question.buffer, 2, 3)).toBe(true);
    expect([...(await served.got(9)).subarray(6)]).toEqual([2, 3, 4]);
    client.socket.close();
    await closed(client, served);
    await session.bothWays(async (from, to) => {
      from.socket.close();
      await closed(from, to);
      expect([since(from), since(to)]).toEqual(["close", "close"]);
    });
  });

  test("M48: what was sent just before close() is delivered before close", async (world) => {
    await new Session(world).bothWays(async (from, to) => {
      from.socket.send(latin1("the last words").buffer);
      from.socket.close();
      await closed(from, to);
      expect([since(from), since(to)]).toEqual(["close", "data close"]);
      expect(difference(to.bytes, latin1("the last words"))).toBeNull();
    });
  });

  test("M70 M80: the mark itself returns true, three more bytes false, then drain", async (world) => {
    const { mark } = world;
    await new Session(world).bothWays(async (from, to) => {
      const big = pattern(mark + 3);
      expect(from.socket.send(big.buffer, 0, mark)).toBe(true);
      // Length beyond the end: clamped to the last three bytes.
      expect(from.socket.send(big.buffer, mark, mark + 3)).toBe(false);
      await from.fired("drain");
      expect(difference(await to.got(mark + 3), big)).toBeNull();
      expect(from.socket.send(big.buffer, 0, mark + 3), "above at once").toBe(false);
      await from.fired("drain", 2);
      expect(difference(await to.got(2 * mark + 6), joined(big, big))).toBeNull();
      expect(since(from)).toBe("drain drain");
      from.socket.closeImmediately();
      await closed(from, to);
    });
  });

  test("M47 M86: close() with more than the mark pending: drain, then close", async (world) => {
    const size = world.mark + 3;
    await new Session(world).bothWays(async (from, to) => {
      expect(from.socket.send(pattern(size).buffer)).toBe(false);
      from.socket.close();
      await closed(from, to);
      expect([since(from), since(to)]).toEqual(["drain close", "data close"]);
      expect(difference(to.bytes, pattern(size))).toBeNull();
    });
  });

  test("M73 M89: closeImmediately() must not deliver everything", async (world) => {
    const size = world.mark + 3;
    await new Session(world).bothWays(async (from, to) => {
      expect(from.socket.send(pattern(size).buffer)).toBe(false);
      expect(from.socket.send(pattern(size).buffer)).toBe(false);
      from.socket.closeImmediately();
      await closed(from, to);
      expect(to.received).toBeLessThan(2 * size);
      expect(since(from)).toBe("close");
    });
  });

  test("M119 M25: once the server is closed, connecting fails", async (world) => {
    const session = new Session(world);
    const [client, served] = await session.connect();
    session.listening.server.close();
    client.socket.send("still there");
    await served.got(11);
    const late = world.open(session.listening.port, session.options);
    await late.fired("error");
    expect(late.seen[0]).toMatchObject({ type: "error", readyState: "closed" });
    await late.fired("close");
    client.socket.close();
    await closed(client, served);
  });
});
