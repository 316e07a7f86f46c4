/** What the app is given is its own, and collected as young as it is. */
import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { Engine, TCPSocket } from "../../bindings/index.ts";
import { Loopback, type RawPeer } from "../../host/loopback/index.ts";

const MIB = 1 << 20;

/** All that a client without framing is given of what its peer says, in one read each. */
async function given(binaryType: "arraybuffer" | "uint8array", said: Uint8Array[]) {
  const host = new Loopback({ seed: 1, virtual: true });
  let peer: RawPeer | undefined;
  const { port } = host.listenRaw(0, (raw) => {
    peer = raw;
  });
  const socket = new TCPSocket("localhost", port, { engine: new Engine({ host }), binaryType });
  const all: (ArrayBuffer | Uint8Array)[] = [];
  socket.ondata = ({ data }) => all.push(data);
  await host.run();
  for (const bytes of said) {
    peer?.write(bytes);
    await host.run();
  }
  return all;
}

/** Collections of a program with a small heap that receives `mebibytes` as ArrayBuffers, with what it copied. */
function collections(mebibytes: number): { minor: number; major: number; received: number } {
  const program = `
    import { createServer } from "node:net";
    import { constants, PerformanceObserver } from "node:perf_hooks";
    import { TCPSocket } from ${JSON.stringify(new URL("../../dist/index.js", import.meta.url))};
    const bytes = ${mebibytes * MIB};
    const server = createServer((socket) => socket.end(Buffer.alloc(bytes)));
    await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
    const socket = new TCPSocket("127.0.0.1", server.address().port, { binaryType: "arraybuffer" });
    let received = 0;
    let [minor, major] = [0, 0];
    const count = (list) => {
      for (const { detail } of list.getEntries()) {
        if (detail.kind === constants.NODE_PERFORMANCE_GC_MINOR) minor++;
        if (detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR) major++;
      }
    };
    new PerformanceObserver(count).observe({ entryTypes: ["gc"] });
    socket.ondata = ({ data }) => { received += data.byteLength; };
    socket.onclose = () => setImmediate(() => {
      server.close();
      console.log(JSON.stringify({ minor, major, received }));
      process.exit();
    });`;
  const flags = ["--max-semi-space-size=1", "--input-type=module", "-e", program];
  return JSON.parse(execFileSync(process.execPath, flags, { encoding: "utf8", timeout: 20_000 }));
}

describe("what an app is given", () => {
  const said = [1, 1023, 1023, 1024, 1024, 40_000].map((size, i) =>
    new Uint8Array(size).fill(i + 1),
  );

  test("as ArrayBuffers is exact, and no two are one", async () => {
    const all = (await given("arraybuffer", said)) as ArrayBuffer[];
    expect(all.map((data) => new Uint8Array(data))).toEqual(said);
    expect(new Set(all).size).toBe(said.length);
  });

  test("as views is all there is in their buffers", async () => {
    const all = (await given("uint8array", said)) as Uint8Array[];
    expect(all).toEqual(said);
    expect(all.map(({ buffer }) => buffer.byteLength)).toEqual(said.map(({ length }) => length));
  });

  test("in bulk goes with the young objects, before buffers have V8 look at the whole heap", () => {
    const { minor, major, received } = collections(192);
    expect(received).toBe(192 * MIB);
    expect({ major }).toEqual({ major: expect.toSatisfy((count: number) => count <= 1) });
    expect(minor).toBeGreaterThan(12); // pressed by buffers alone: one in 32 MiB
  });
});
