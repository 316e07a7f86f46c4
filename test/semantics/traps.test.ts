/**
 * What other sockets for JavaScript were seen to trip over, plain TCP, one test a trap. Those that a
 * fact of Mozilla's API covers are named with the test that does; traps.memory.test.ts has the rest.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { difference, latin1, pattern, text } from "./support/bytes.ts";
import { EVERYWHERE, inWorlds, LOOPBACK, NODE } from "./support/world.ts";

const ELSEWHERE: Record<string, [file: string, title: string]> = {
  "handler that throws": [
    "events",
    "M6: a handler that throws is reported, and everything goes on",
  ],
  "close() inside ondata": ["states", "M32: close() inside ondata lets no further data through"],
  "close() inside ondrain": ["buffered-amount", "M84: close() inside ondrain"],
  "close() inside onclose": [
    "states",
    "M31: close() again does nothing, in closing, inside onclose",
  ],
  "send() inside ondrain": ["buffered-amount", "M83: send() inside ondrain may arm it again"],
  "zero-length send": ["send-data", "M67: empty strings and buffers are allowed and queue nothing"],
  "port 0, connecting": ["connecting", "M11: port 0 fails later, by events"],
  "port 0, listening": ["server", "M112 M115: localPort is known at once, 0 asks for any"],
  "RST before open": ["errors", "M60: code is name"],
  "RST with queued data": [
    "half-close",
    "M92c: RST is error, then close, even with buffered output",
  ],
  "write after the peer's FIN": ["half-close", "M92b: FIN while output is buffered: open until"],
  "suspend before open": ["suspend", "M95 M97: while connecting it counts, and holds once open"],
  "data in the same segment as FIN": ["half-close", "M92a M49: data with the FIN is delivered"],
  "buffer changed right after send()": [
    "send-data",
    "M72: what was sent is a copy: it may be changed",
  ],
  "slow reader × 1,000": ["../exhaustion", "many stalled readers: sends are taken"],
};

function escaped(title: string): string {
  return title.replaceAll(/[()[\]…]/g, "\\$&");
}

describe("tested with the facts", () => {
  test.each(Object.entries(ELSEWHERE))("%s", (_, [file, title]) => {
    const source = readFileSync(new URL(`${file}.test.ts`, import.meta.url), "utf8");
    expect(source.replaceAll(/\$\{(\w+)\}/g, "$1")).toMatch(new RegExp(`["\`]${escaped(title)}`));
  });
});

describe("global sniffing", () => {
  const entry = (name: string): string => new URL(`../../dist/${name}.js`, import.meta.url).href;
  const GLOBALS: Record<string, string> = {
    "a browser's": `
      const navigator = { userAgent: "Mozilla/5.0 (Mobile; rv:48.0) Gecko/48.0 Firefox/48.0" };
      Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
      Object.assign(globalThis, { window: globalThis, self: globalThis, document: {} });`,
    "no navigator": `delete globalThis.navigator;`,
    "no process, no Buffer": `delete globalThis.process; delete globalThis.Buffer;`,
    "a process of somebody else": `globalThis.process = { browser: true, versions: {}, env: {} };`,
  };
  test.each(Object.entries(GLOBALS))("with %s globals it is the same", (_, globals) => {
    const program = `
      ${globals}
      const { TCPServerSocket, TCPSocket } = await import(${JSON.stringify(entry("index"))});
      await import(${JSON.stringify(entry("mozilla"))});
      const server = new TCPServerSocket(0);
      server.onconnect = ({ socket }) => { socket.ondata = ({ data }) => socket.send(data); };
      const socket = new TCPSocket("localhost", server.localPort);
      socket.onopen = () => socket.send("echo");
      socket.ondata = ({ data }) => { console.log(data); socket.close(); server.close(); };`;
    const options = { encoding: "utf8", timeout: 10_000 } as const;
    const printed = execFileSync(process.execPath, ["--input-type=module", "-e", program], options);
    expect(printed).toBe("echo\n");
  });
});

inWorlds(EVERYWHERE, (test) => {
  test("handler replaced inside itself: the new one gets what comes next", async (world) => {
    const [client, peer] = await world.client();
    const { socket } = client;
    const heard: string[] = [];
    socket.ondata = ({ data }) => {
      heard.push(data);
      socket.ondata = (event) => heard.push(event.data);
    };
    for (const letter of "abc") {
      peer.wire.write(latin1(letter));
      await world.settled();
    }
    expect(heard).toEqual(["a", "b", "c"]);
  });

  test("handler nulled inside itself: it hears no more, the others do", async (world) => {
    const [client, peer] = await world.client();
    const { socket } = client;
    let calls = 0;
    socket.ondata = () => {
      calls++;
      socket.ondata = null;
    };
    peer.wire.write(pattern(300));
    peer.wire.end();
    await client.fired("close");
    expect([calls, socket.ondata]).toEqual([1, null]);
    expect(difference(client.bytes, pattern(300))).toBeNull();
  });

  test("handlers changed inside onerror count for the close behind it", async (world) => {
    const heard: string[] = [];
    const [[nulled, first], [replaced, second]] = [await world.client(), await world.client()];
    nulled.socket.onclose = () => heard.push("nulled");
    nulled.socket.onerror = () => {
      nulled.socket.onclose = null;
    };
    replaced.socket.onclose = () => heard.push("old");
    replaced.socket.onerror = () => {
      replaced.socket.onclose = () => heard.push("new");
    };
    first.wire.reset();
    second.wire.reset();
    await Promise.all([nulled.fired("close"), replaced.fired("close")]);
    await world.settled();
    expect(heard).toEqual(["new"]);
  });

  test("listeners added and removed during a dispatch", async (world) => {
    const [client, peer] = await world.client();
    const { socket } = client;
    const heard: string[] = [];
    const later = (): unknown => heard.push("added");
    const removed = (): unknown => heard.push("removed");
    socket.addEventListener("close", () => {
      socket.removeEventListener("close", removed);
      socket.addEventListener("close", later);
      socket.onclose = () => heard.push("handler");
    });
    socket.addEventListener("close", removed);
    peer.wire.end();
    await client.fired("close");
    await world.settled();
    expect(heard).toEqual([]);
  });

  test("onmessages set inside ondata, and taken away inside itself", async (world) => {
    const [client, peer] = await world.client();
    const { socket } = client;
    const heard: string[] = [];
    socket.ondata = ({ data }) => {
      heard.push(`data ${data}`);
      socket.onmessages = (event) => {
        heard.push(`messages ${text(event.data.at(0))}`);
        socket.onmessages = null;
      };
    };
    for (const [i, letter] of [..."abc"].entries()) {
      peer.wire.write(latin1(letter));
      await world.settled();
      expect(heard).toHaveLength(i + 1);
    }
    expect(heard).toEqual(["data a", "messages b", "data c"]);
  });

  test("send of a subarray's .buffer: all of the buffer, unless told which part", async (world) => {
    const [{ socket }, peer] = await world.client();
    const whole = pattern(64);
    const part = whole.subarray(10, 20);
    socket.send(part);
    socket.send(part.buffer, part.byteOffset, part.byteLength);
    expect(socket.bufferedAmount).toBe(20);
    socket.send(part.buffer);
    const pooled = Buffer.from("pooled by node"); // its .buffer holds other things, too
    socket.send(pooled.buffer, pooled.byteOffset, pooled.byteLength);
    const bytes = await peer.got(20 + 64 + 14);
    const expected = Buffer.concat([part, part, whole, Buffer.from("pooled by node")]);
    expect(difference(bytes, expected)).toBeNull();
  });

  test("RST when open may or may not have fired: one error, one close, nothing else", async (world) => {
    const listening = await world.peers();
    const client = world.open(listening.port);
    const peer = await listening.accept();
    peer.wire.reset(); // the client may have heard of its connection by now, or not
    await client.fired("close");
    await world.settled();
    expect(client.types).toMatch(/^(open )?error close$/);
    expect(client.error?.name).toBe("NetworkError");
  });

  test("RST after FIN: with nothing queued it is no error, with queued data it is", async (world) => {
    const [quiet, first] = await world.client();
    first.wire.end();
    await quiet.fired("close");
    first.wire.reset();
    const [loud, second] = await world.client({}, { paused: true });
    loud.socket.send(pattern(world.plenty));
    await world.settled();
    second.wire.end();
    await world.settled();
    expect([loud.types, loud.socket.readyState]).toEqual(["open", "open"]);
    second.wire.reset();
    await loud.fired("close");
    await world.settled();
    expect([quiet.types, loud.types]).toEqual(["open close", "open error close"]);
    expect(loud.socket.bufferedAmount).toBe(0);
  });

  test("RST after our own close is nothing that anybody hears of", async (world) => {
    const [client, peer] = await world.client();
    client.socket.send("bye");
    client.socket.close();
    await client.fired("close");
    peer.wire.reset();
    await world.settled();
    expect(client.types).toBe("open close");
  });

  test("write after the peer has gone for good: error and close, send() never throws", async (world) => {
    const [client, peer] = await world.client({ allowHalfOpen: true });
    peer.wire.end();
    await client.fired("end");
    peer.wire.destroy();
    await world.settled();
    // The first write calls forth the RST that the second one meets.
    while (client.socket.readyState === "open") {
      client.socket.send("anybody there?");
      await world.settled();
    }
    await client.fired("close");
    expect(client.types).toBe("open end error close");
    expect(client.error?.name).toBe("NetworkError");
  });
});

inWorlds([...NODE.filter(({ address }) => address === "::1"), ...LOOPBACK.slice(0, 1)], (test) => {
  test("IPv6 literals, in any spelling", async (world) => {
    const { port } = world.listen();
    for (const host of ["::1", "0:0:0:0:0:0:0:1", "0000::0001"]) {
      const client = world.open(port, {}, host);
      await client.fired("open");
      expect(client.socket.host).toBe(host);
      client.socket.close();
    }
  });
});
