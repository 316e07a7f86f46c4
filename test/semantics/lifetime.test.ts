/** Chapters 9 and 15 of Mozilla's API: what ends a socket from outside, and that nothing else does. */
import { execFileSync } from "node:child_process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { TCPSocket } from "../../bindings/index.ts";
import { pattern } from "./support/bytes.ts";
import { Signal } from "./support/signal.ts";
import { EVERYWHERE, inWorlds, type World } from "./support/world.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Opens a socket that only its own handlers refer to, and tells what they hear. */
function forgotten(world: World, port: number, heard: (what: string) => void): WeakRef<TCPSocket> {
  const socket = new TCPSocket(world.address, port, world.options({}));
  socket.onopen = () => heard("open");
  socket.ondata = ({ data }) => heard(data);
  socket.onclose = () => heard("close");
  return new WeakRef(socket);
}

inWorlds(EVERYWHERE, (test) => {
  test("M91: aborting ends it as closeImmediately() does: close, no error", async (world) => {
    const controller = new AbortController();
    const { signal } = controller;
    const [client, peer] = await world.client({ signal }, { paused: true });
    client.socket.send(pattern(world.plenty));
    await world.settled();
    controller.abort();
    expect([client.socket.readyState, client.socket.bufferedAmount]).toEqual(["closing", 0]);
    expect(client.types, "nothing fires inside abort()").toBe("open");
    await client.fired("close");
    peer.wire.resume();
    await peer.until("FIN or RST", () => peer.events !== "");
    expect(peer.events.split(" ")[0]).toBe("end");
    await world.settled();
    expect(client.types).toBe("open close");
  });

  test("M91: aborting while connecting; after close it does nothing", async (world) => {
    const listening = world.listen();
    const controller = new AbortController();
    const client = world.open(listening.port, { signal: controller.signal });
    controller.abort(new Error("changed my mind"));
    await client.fired("close");
    const late = new AbortController();
    const [closed] = await world.client({ signal: late.signal });
    closed.socket.close();
    await closed.fired("close");
    late.abort();
    await world.settled();
    expect([client.types, closed.types]).toEqual(["close", "open close"]);
    await expect(client.socket.closed).rejects.toThrow("changed my mind");
    await expect(closed.socket.closed).resolves.toBeUndefined();
  });

  test("M127: a socket that nobody refers to lives as long as its connection", async (world) => {
    const listening = await world.peers();
    const signal = new Signal();
    const heard: string[] = [];
    const socket = forgotten(world, listening.port, (what) => {
      heard.push(what);
      signal.changed();
    });
    const until = (what: string): Promise<void> => {
      const told = (): string => heard.join(" ");
      return signal.until(what, told, () => heard.includes(what));
    };
    const peer = await listening.accept();
    await until("open");
    for (const what of ["a", "b"]) {
      await world.settled(); // a WeakRef holds what it refers to until the task is over
      collectGarbage();
      expect(socket.deref(), "collected").toBeDefined();
      peer.wire.write(new TextEncoder().encode(what));
      await until(what);
    }
    peer.wire.end();
    await until("close");
    expect(heard).toEqual(["open", "a", "b", "close"]);
  });
});

const ENTRY = new URL("../../dist/index.js", import.meta.url).href;

/** Runs a program in which a server and a client hold each other, and returns what it prints. */
function run(body: string): string {
  const program = `
    import { TCPServerSocket, TCPSocket } from ${JSON.stringify(ENTRY)};
    const server = new TCPServerSocket(0);
    server.onconnect = ({ socket }) => accepted(socket);
    const client = new TCPSocket("localhost", server.localPort);
    process.on("exit", () => console.log("exit", client.readyState));
    ${body}`;
  const options = { encoding: "utf8", timeout: 10_000 } as const;
  return execFileSync(process.execPath, ["--input-type=module", "-e", program], options);
}

describe("M127: the program", () => {
  test("lives while a socket is connected, and ends with it", () => {
    const body = `
      function accepted(socket) {
        server.close();
        socket.unref();
        setTimeout(() => socket.send("still here"), 50).unref();
      }
      client.ondata = ({ data }) => { console.log(data); client.close(); };`;
    expect(run(body)).toBe("still here\nexit closed\n");
  });

  test("ends while a socket is connected that was unref()ed", () => {
    const body = `
      function accepted(socket) { socket.unref(); }
      client.onopen = () => { server.unref(); client.unref(); };`;
    expect(run(body)).toBe("exit open\n");
  });

  test("lives again after ref()", () => {
    const body = `
      function accepted(socket) {
        server.close();
        socket.unref().ref();
        socket.onclose = () => console.log("closed");
        client.unref();
        setTimeout(() => socket.close(), 50).unref();
      }`;
    expect(run(body)).toBe("closed\nexit closed\n");
  });
});
