/** The contract on connections that are secure: their bytes, and how they end. */
import { describe, expect, test } from "vitest";
import { REASON_RESET, REASON_TLS, REASON_TLS_VERSION } from "../../../assembly/reasons.ts";
import { alike, pattern } from "./pattern.ts";
import { relayed } from "./relay.ts";
import { clientTls, HOWS, type How, securePair, serverTls, shaking, told } from "./secure-pair.ts";
import type { Stage } from "./stage.ts";

const ALERT = 21;
const DATA = 23;

export function secureTrafficContract(on: () => Stage): void {
  describe.each(HOWS)("%s", (how) => {
    bytesContract(on, how);
    endContract(on, how);
  });

  test("bytes go both ways before an upgrade and after it", async () => {
    const { client, server } = await on().pair();
    await Promise.all([client.write(pattern(500, 1)), server.write(pattern(700, 2))]);
    await client.until(() => client.inputBytes === 700);
    await server.until(() => server.inputBytes === 500);
    server.secure(serverTls(on(), "by upgrade"));
    client.secure(clientTls(on(), "by upgrade, into the window"));
    await Promise.all([client.seen("secured"), server.seen("secured")]);
    client.resume();
    server.resume();
    await Promise.all([client.write(pattern(900, 3)), server.write(pattern(800, 4))]);
    await client.until(() => client.inputBytes === 1500);
    await server.until(() => server.inputBytes === 1400);
    expect(alike(client.input, Buffer.concat([pattern(700, 2), pattern(800, 4)]))).toBe(true);
    expect(alike(server.input, Buffer.concat([pattern(500, 1), pattern(900, 3)]))).toBe(true);
  });
}

function bytesContract(on: () => Stage, how: How): void {
  test("a long transfer each way at once, and sent for all of it", async () => {
    const { client, server } = await securePair(on(), how);
    const [up, down] = [pattern(on().sizes.bulk, 1), pattern(on().sizes.bulk, 2)];
    await Promise.all([client.write(up), server.write(down)]);
    await server.until(() => server.inputBytes >= up.length);
    await client.until(() => client.inputBytes >= down.length);
    expect([alike(server.input, up), alike(client.input, down)]).toEqual([true, true]);
    expect([client.sentBytes, server.sentBytes]).toEqual([up.length, down.length]);
  });

  test("memory that sent has covered may be reused at once", async () => {
    const { client, server } = await securePair(on(), how);
    const bytes = pattern(on().sizes.bulk, 3);
    const memory = bytes.slice();
    client.onsent = () => memory.fill(0xee, 0, client.sentBytes);
    await client.write(memory.subarray(0, 10), memory.subarray(10));
    await server.until(() => server.inputBytes >= bytes.length);
    expect(alike(server.input, bytes)).toBe(true);
  });

  test("written within the report that it is secure: it arrives", async () => {
    const { client, server } = await shaking(on(), how);
    const writing = [client, server].map(async (end) => {
      await end.seen(told(how));
      end.resume();
      await end.write(pattern(300));
    });
    await Promise.all(writing);
    await client.until(() => client.inputBytes === 300);
    await server.until(() => server.inputBytes === 300);
  });

  test("pause within a read: no further read, until resume", async () => {
    const { client, server } = await securePair(on(), how);
    const bytes = pattern(on().sizes.bulk, 4);
    server.oninput = () => server.pause();
    const writing = client.write(bytes);
    await server.seen("input");
    await on().fence();
    const before = server.inputBytes;
    await on().fence();
    expect(server.inputBytes).toBe(before);
    server.oninput = undefined;
    server.resume();
    await writing;
    await server.until(() => server.inputBytes === bytes.length);
    expect(alike(server.input, bytes)).toBe(true);
  });

  test("a reader that stands still from before the handshake stops the writer's sent", async () => {
    const { client, server } = await shaking(on(), how);
    await Promise.all([client.seen(told(how)), server.seen(told(how))]);
    let written = 0;
    const poured = (async () => {
      for (; written < on().sizes.stall; written += 4096) await client.write(pattern(4096));
    })();
    for (let before = -1; before !== written; ) {
      before = written;
      await on().fence();
    }
    const waits = written < on().sizes.stall;
    server.resume();
    await poured;
    await server.until(() => server.inputBytes === written);
    expect(waits).toBe(true);
  });

  test("plaintext put between the records fails it, and is not delivered", async () => {
    const { client, server, up } = await relayed(on(), how);
    await client.write(pattern(100));
    await server.until(() => server.inputBytes === 100);
    await up.add(Buffer.from("MAIL FROM\r\n"));
    await server.seen("failed");
    expect([REASON_TLS, REASON_TLS_VERSION]).toContain(server.reason);
    expect(server.inputBytes).toBe(100);
  });

  test("nothing written shows on the line", async () => {
    const { client, server, up } = await relayed(on(), how);
    await client.write(Buffer.from("the password"));
    await server.until(() => server.inputBytes === 12);
    expect(Buffer.from(up.from.input).includes("password")).toBe(false);
    expect(up.records).toContain(DATA);
  });
}

function endContract(on: () => Stage, how: How): void {
  test("finish: close_notify, then a FIN, behind all bytes; the other way goes on", async () => {
    const options = { client: { maxVersion: "TLSv1.2" } }; // the latest version hides what is an alert
    const { client, server, up } = await relayed(on(), how, options);
    client.write(pattern(5000)).catch(() => {});
    client.finish();
    await server.seen("ended");
    expect(alike(server.input, pattern(5000))).toBe(true);
    await up.from.seen("ended");
    expect(up.records.filter((type) => type === ALERT)).toHaveLength(1);
    expect(up.records.at(-1)).toBe(ALERT);
    await server.write(pattern(4000, 1));
    server.finish();
    await client.seen("ended");
    expect(alike(client.input, pattern(4000, 1))).toBe(true);
    for (const end of [client, server]) {
      end.destroy();
      await end.seen("closed");
      expect(end.log).not.toContain("failed");
    }
  });

  test("a reset is no end, but failed as such", async () => {
    const { client, server, up } = await relayed(on(), how);
    await client.write(pattern(100));
    await server.until(() => server.inputBytes === 100);
    up.to.pause();
    await server.write(pattern(10)); // nobody reads it: what follows is a reset
    await on().fence();
    up.to.destroy();
    await server.until(() => server.log.includes("ended") || server.log.includes("failed"));
    expect(server.log).not.toContain("ended");
    expect(server.reason).toBe(REASON_RESET);
  });

  test("a FIN without close_notify is an end", async () => {
    const { client, server, up } = await relayed(on(), how);
    await client.write(pattern(100));
    await server.until(() => server.inputBytes === 100);
    await up.end();
    await server.seen("ended");
    expect(server.log).not.toContain("failed");
  });

  test("destroy behind a finish delivers everything written", async () => {
    const { client, server } = await securePair(on(), how);
    const bytes = pattern(on().sizes.bulk, 5);
    await on().fence(); // what a server sends by itself is read: unread input would be a reset
    client.write(bytes).catch(() => {});
    await client.until(() => client.sentBytes === client.written);
    client.finish();
    client.destroy();
    await server.seen("ended");
    expect(alike(server.input, bytes)).toBe(true);
    await client.seen("closed");
    expect(client.log).not.toContain("failed");
  });

  test("destroy: closed follows, the peer sees the end, and orders mean nothing more", async () => {
    const { client, server } = await securePair(on(), how);
    client.destroy();
    client.destroy();
    client.pause();
    client.resume();
    client.finish();
    on().call(() => client.transport.write([Uint8Array.of(1)], 1));
    await client.seen("closed");
    expect(client.log.at(-2)).toBe(told(how));
    await server.until(() => server.log.includes("ended") || server.log.includes("failed"));
    expect(server.inputBytes).toBe(0);
  });

  test("destroy within a read is obeyed at once", async () => {
    const { client, server } = await securePair(on(), how);
    client.oninput = () => client.destroy();
    const writing = server.write(pattern(on().sizes.bulk, 6)).catch(() => {});
    await client.seen("closed");
    expect(client.log.slice(-2)).toEqual(["input", "closed"]);
    server.destroy();
    await writing;
  });
}
