/** M110: suspend counts go through an upgrade, and the handshake goes on meanwhile. */
import { describe, expect } from "vitest";
import { HOST } from "../support/certificates.ts";
import { difference, latin1, pattern, text } from "./support/bytes.ts";
import { identity, tlsTest } from "./support/tls-world.ts";

const LARGE = 3_000_000;

describe("M110: suspended", () => {
  tlsTest("M110: counts go through the upgrade; it goes on meanwhile", async (world) => {
    const [client, peer] = await world.plain({}, HOST);
    const { socket } = client;
    socket.suspend();
    const upgraded = socket.upgradeToSecure();
    socket.suspend();
    const secured = await peer.secureServer(identity());
    await upgraded;
    secured.wire.write(latin1("held"));
    await world.settled();
    socket.resume();
    await world.settled();
    expect(client.types).toBe("open");
    socket.resume();
    expect(text(await client.got(4))).toBe("held");
    expect(() => socket.resume()).toThrow(DOMException);
  });

  tlsTest("M98 M110: much that comes while suspended is not lost", async (world) => {
    const [client, peer] = await world.plain({}, HOST);
    client.socket.suspend();
    const upgraded = client.socket.upgradeToSecure();
    const secured = await peer.secureServer(identity());
    await upgraded;
    secured.wire.write(pattern(LARGE));
    secured.wire.end();
    await world.settled();
    expect(client.types).toBe("open");
    client.socket.resume();
    expect(difference(await client.got(LARGE), pattern(LARGE))).toBeNull();
    await client.fired("close");
    expect(client.types).toBe("open data close");
  });
});
