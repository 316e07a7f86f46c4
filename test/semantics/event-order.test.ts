/** Chapter 5 of Mozilla's API: which event comes when, and in whose turn. */
import { AsyncLocalStorage } from "node:async_hooks";
import { expect } from "vitest";
import { TCPSocket } from "../../bindings/index.ts";
import { difference, pattern } from "./support/bytes.ts";
import { Signal } from "./support/signal.ts";
import { EVERYWHERE, inWorlds } from "./support/world.ts";

/** Events in the order they fired, handed out one at a time, as a test that awaits them has it. */
class Queue {
  readonly #types: string[] = [];
  readonly #signal = new Signal();

  constructor(socket: TCPSocket, types: readonly string[]) {
    const note = ({ type }: Event): void => {
      this.#types.push(type);
      this.#signal.changed();
    };
    for (const type of types) socket.addEventListener(type, note);
  }

  async next(): Promise<string> {
    const told = (): string => this.#types.join(" ");
    await this.#signal.until("an event", told, () => this.#types.length > 0);
    return this.#types.shift() as string;
  }

  /** The next one that is not of this type. */
  async nextBut(type: string): Promise<string> {
    for (;;) {
      const next = await this.next();
      if (next !== type) return next;
    }
  }
}

inWorlds(EVERYWHERE, (test) => {
  test("M45 M48: open, data, close; all data in front of the FIN comes first", async (world) => {
    const [client, peer] = await world.client();
    peer.wire.write(pattern(world.mark * 2));
    peer.wire.end();
    await client.fired("close");
    expect(client.types).toBe("open data close");
    expect(difference(client.bytes, pattern(world.mark * 2))).toBeNull();
  });

  test("M46: close follows error in the same turn", async (world) => {
    const refused = world.open(await world.deadPort());
    const [broken, peer] = await world.client();
    for (const { socket } of [refused, broken]) {
      let turn = "same";
      socket.onerror = () => {
        expect(socket.readyState).toBe("closed");
        setImmediate(() => {
          turn = "later";
        });
        setTimeout(() => {
          turn = "later";
        });
      };
      socket.onclose = () => expect(turn).toBe("same");
    }
    peer.wire.reset();
    await Promise.all([refused.fired("close"), broken.fired("close")]);
    expect([refused.types, broken.types]).toEqual(["error close", "open error close"]);
  });

  test("M47: close() with nothing pending is close only; above the mark drain first", async (world) => {
    const [quiet, peer] = await world.client();
    quiet.socket.send("few");
    await peer.got(3);
    await world.settled();
    quiet.socket.close();
    await quiet.fired("close");
    expect(quiet.types).toBe("open close");
    const [loud] = await world.pair({ highWaterMark: world.mark });
    expect(loud.socket.send(pattern(world.mark + 1))).toBe(false);
    loud.socket.close();
    await loud.fired("close");
    expect(loud.types).toBe("open drain close");
  });

  test("M50: microtasks run between events of different I/O", async (world) => {
    const listening = await world.peers();
    const client = world.open(listening.port);
    const order: string[] = [];
    const note = (type: string) => () => {
      order.push(type);
      void Promise.resolve().then(() => order.push(`after ${type}`));
    };
    client.socket.onopen = note("open");
    client.socket.ondata = note("data");
    client.socket.onclose = note("close");
    const peer = await listening.accept();
    peer.wire.write(pattern(1));
    await client.got(1);
    peer.wire.end();
    await client.fired("close");
    await world.settled();
    const types = ["open", "data", "close"];
    expect(order).toEqual(types.flatMap((type) => [type, `after ${type}`]));
  });

  test("M50: calls made inside a handler fire nothing inside it", async (world) => {
    const listening = world.listen();
    const [client, peer] = await world.client();
    const victim = world.open(listening.port);
    const served = await listening.accept();
    await victim.fired("open");
    let handling = false;
    const inside: string[] = [];
    for (const { socket } of [client, victim, served]) {
      for (const type of ["data", "close", "error", "drain"]) {
        socket.addEventListener(type, () => {
          if (handling) inside.push(type);
        });
      }
    }
    client.socket.ondata = () => {
      client.socket.ondata = null;
      handling = true;
      served.socket.send(pattern(100));
      served.socket.close();
      victim.socket.closeImmediately();
      world.open(listening.port).socket.close();
      client.socket.suspend();
      client.socket.resume();
      client.socket.close();
      handling = false;
    };
    peer.wire.write(pattern(10));
    await Promise.all([client, victim, served].map((watch) => watch.fired("close")));
    expect(inside).toEqual([]);
  });

  test("M51: who awaits one event after the other loses none", async (world) => {
    const listening = world.listen();
    const options = world.options({ highWaterMark: world.mark });
    const socket = new TCPSocket(world.address, listening.port, options);
    const events = new Queue(socket, ["open", "data", "drain", "error", "close"]);
    expect(await events.next()).toBe("open");
    const served = await listening.accept();
    served.socket.send("one");
    expect(await events.next()).toBe("data");
    await served.socket.drained;
    expect(socket.send(pattern(world.mark + 1))).toBe(false);
    socket.close();
    expect(await events.nextBut("data")).toBe("drain");
    await world.settled(); // close came in the same task as drain, long before it is asked for
    expect(await events.next()).toBe("close");
  });

  test("M125: readyState never runs ahead of the events", async (world) => {
    const [client, peer] = await world.client();
    const [victim, other] = await world.client();
    // Each sees the other's state, too: what the engine knows is not told before its event.
    const said: string[] = [];
    for (const { socket } of [client, victim]) {
      for (const type of ["data", "error", "close"]) {
        socket.addEventListener(type, () => {
          const before = [client, victim].filter(({ types }) => !types.endsWith("close"));
          for (const watch of before) {
            if (watch.socket !== socket) said.push(watch.socket.readyState);
          }
        });
      }
    }
    peer.wire.write(pattern(10));
    peer.wire.end();
    other.wire.write(pattern(10));
    other.wire.end();
    await Promise.all([client.fired("close"), victim.fired("close")]);
    expect([client.types, victim.types]).toEqual(["open data close", "open data close"]);
    for (const { states } of [client, victim]) {
      expect(new Set(states.slice(0, -1))).toEqual(new Set(["open"]));
    }
    expect(new Set(said)).toEqual(new Set(["open"]));
  });

  test("events run in the async context their socket was made in", async (world) => {
    const { port, accept } = world.listen();
    const storage = new AsyncLocalStorage<string>();
    const client = storage.run("made here", () => world.open(port));
    const contexts: unknown[] = [];
    for (const type of ["open", "data", "close"]) {
      client.socket.addEventListener(type, () => contexts.push(storage.getStore()));
    }
    const served = await accept();
    storage.run("elsewhere", () => served.socket.send("x"));
    await client.got(1);
    storage.run("elsewhere", () => client.socket.close());
    await client.fired("close");
    expect(contexts).toEqual(["made here", "made here", "made here"]);
  });

  test("so does data that somebody else has made wait", async (world) => {
    const { port, accept } = world.listen();
    const storage = new AsyncLocalStorage<string>();
    const client = storage.run("made here", () => world.open(port));
    const contexts = new Set<unknown>();
    client.socket.addEventListener("data", () => contexts.add(storage.getStore()));
    const served = await accept();
    await client.fired("open");
    client.socket.suspend();
    served.socket.send(pattern(world.mark * 2));
    await storage.run("elsewhere", () => world.settled());
    storage.run("elsewhere", () => client.socket.resume());
    await client.got(world.mark * 2);
    expect([...contexts]).toEqual(["made here"]);
  });
});
