import { connect } from "node:net";
import { expect, test } from "vitest";
import { nodeHost } from "../../../host/node/index.ts";
import type { Listener, Sink } from "../../../host/transport.ts";

/** Sends "hello" to a listener and tells by which report it arrived. */
function arrival(window: Uint8Array | undefined): Promise<string> {
  return new Promise((resolve) => {
    const target = { port: 0, noDelay: true, keepAlive: false as const, window };
    let listener: Listener;
    const done = (how: string): void => {
      client.destroy();
      listener.close();
      resolve(how);
    };
    const nothing = (): void => {};
    const sink: Sink = {
      connected: nothing,
      secured: nothing,
      received: (count) => {
        const bytes = (window as Uint8Array).subarray(0, count);
        done(`in the window: ${Buffer.from(bytes)}`);
      },
      takesWhole: false,
      receivedWhole: (bytes) => done(`by itself: ${Buffer.from(bytes)}`),
      receivedCopy: (bytes) => done(`to be copied: ${Buffer.from(bytes)}`),
      sent: nothing,
      ended: nothing,
      failed: nothing,
      closed: nothing,
    };
    listener = nodeHost.listen(target, {
      listening: nothing,
      accepted: (transport) => {
        setImmediate(() => transport.resume());
        return sink;
      },
      failed: nothing,
      closed: nothing,
    });
    const client = connect(listener.localPort, "127.0.0.1", () => client.write("hello"));
  });
}

test("an accepted connection's bytes land in the window", async () => {
  expect(await arrival(new Uint8Array(65536))).toBe("in the window: hello");
});

test("without a window, as where the probe finds nothing, they come in memory of their own", async () => {
  expect(await arrival(undefined)).toBe("by itself: hello");
});
