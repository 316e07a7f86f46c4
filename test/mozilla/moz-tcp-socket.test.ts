/** navigator.mozTCPSocket: how it gets there, and what the code written for it does with it. */
import { afterEach, describe, expect, test, vi } from "vitest";
import type { TCPServerSocketEvent, TCPSocketErrorEvent } from "../../bindings/index.ts";
import { install, mozTCPSocket, TCPServerSocket, TCPSocket } from "../../bindings/mozilla.ts";
import { text } from "../semantics/support/bytes.ts";
import { Signal } from "../semantics/support/signal.ts";
import { EVERYWHERE, NODE } from "../semantics/support/world.ts";
import { strictly } from "./support/strict.ts";

afterEach(() => vi.unstubAllGlobals());

describe("install", () => {
  test("M7 M9: defines navigator.mozTCPSocket and nothing else, and returns it", () => {
    const navigator = {} as { mozTCPSocket?: unknown };
    vi.stubGlobal("navigator", navigator);
    expect(install()).toBe(mozTCPSocket);
    expect(navigator.mozTCPSocket).toBe(mozTCPSocket);
    expect(Object.keys(navigator)).toEqual(["mozTCPSocket"]);
  });

  test("again changes nothing; it can be taken off", () => {
    const navigator = {} as { mozTCPSocket?: unknown };
    expect(install(navigator)).toBe(install(navigator));
    expect(navigator.mozTCPSocket).toBe(mozTCPSocket);
    delete navigator.mozTCPSocket;
    expect(navigator).toEqual({});
  });

  test("without a navigator it says what to do", () => {
    vi.stubGlobal("navigator", undefined);
    expect(() => install()).toThrow(TypeError);
    expect(() => install()).toThrow("pass the object");
    for (const none of [null, 5, "navigator"])
      expect(() => install(none as never)).toThrow(TypeError);
    expect(install({})).toBe(mozTCPSocket);
  });

  test("M9 M123: importing it has touched no global", () => {
    expect(globalThis).not.toHaveProperty("mozTCPSocket");
    expect(globalThis.navigator ?? {}).not.toHaveProperty("mozTCPSocket");
    expect(globalThis).not.toHaveProperty("TCPSocket");
    expect(globalThis).not.toHaveProperty("TCPServerSocket");
  });
});

strictly(EVERYWHERE, (test) => {
  test("M7 M8: open and listen work without their object", async (_, world) => {
    const { open, listen } = install({} as object);
    const server = listen(0, world.options({}));
    expect(server).toBeInstanceOf(TCPServerSocket);
    server.onconnect = ({ socket }) => socket?.close();
    const socket = open(world.address, String(server.localPort), world.options({}));
    expect(socket).toBeInstanceOf(TCPSocket);
    await new Promise((resume) => {
      socket.onclose = resume;
    });
    server.close();
  });

  test("M100: an echo server with suspend in ondata and resume in a timer", async (strict) => {
    const { server } = strict.listen({ binaryType: "arraybuffer" });
    server.onconnect = ({ socket }) => {
      const accepted = socket as TCPSocket;
      accepted.ondata = function (event) {
        expect(this).toBe(accepted);
        accepted.suspend();
        accepted.send(event.data);
        setTimeout(() => accepted.resume(), 0);
      };
    };
    const client = strict.open(server.localPort);
    await client.fired("open");
    const lines = ["NICK sansock\r\n", "USER \xe9\xff\x00\r\n"];
    for (const line of lines) client.socket.send(line);
    const all = lines.join("");
    expect(text(await client.got(all.length))).toBe(all);
  });

  test("M43 M46: event.data.name tells what failed", async (_, world) => {
    const socket = mozTCPSocket.open(world.address, await world.deadPort(), world.options({}));
    const names: string[] = [];
    await new Promise((resume) => {
      socket.onerror = ({ data }: TCPSocketErrorEvent) => names.push(data.name);
      socket.onclose = resume;
    });
    expect(names).toEqual(["ConnectionRefusedError"]);
  });

  test("send() and close() in one turn deliver everything", async (strict) => {
    const { server, accept } = strict.listen();
    const client = strict.open(server.localPort);
    client.socket.onopen = () => {
      client.socket.send("QUIT\r\n");
      client.socket.close();
    };
    const served = await accept();
    await served.fired("close");
    expect(text(served.bytes)).toBe("QUIT\r\n");
  });
});

strictly(NODE.slice(0, 1), (test) => {
  test("listen(port) with no options, on real sockets and the default engine", async () => {
    const server = mozTCPSocket.listen(0);
    const signal = new Signal();
    let received = "";
    server.onconnect = ({ socket }: TCPServerSocketEvent) => {
      (socket as TCPSocket).ondata = ({ data }) => {
        received += data;
        signal.changed();
      };
    };
    const socket = mozTCPSocket.open("127.0.0.1", server.localPort);
    socket.onopen = () => socket.send("hello");
    await signal.until(
      "hello",
      () => received,
      () => received === "hello",
    );
    socket.close();
    server.close();
  });
});
