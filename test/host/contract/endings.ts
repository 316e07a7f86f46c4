/** The contract on how a connection ends: FIN, half close, destroy, reset. */
import { expect, test } from "vitest";
import { REASON_RESET } from "../../../assembly/reasons.ts";
import type { End } from "./end.ts";
import { alike, pattern } from "./pattern.ts";
import type { Stage } from "./stage.ts";

async function resetSeen(end: End): Promise<void> {
  await end.seen("closed");
  expect(end.log.slice(-2)).toEqual(["failed", "closed"]);
  expect(end.reason).toBe(REASON_RESET);
  expect(end.cause).toBeInstanceOf(Error);
}

export function endingsContract(on: () => Stage): void {
  test("a FIN comes behind all bytes", async () => {
    const { client, server } = await on().pair();
    const bytes = pattern(on().sizes.bulk, 1);
    client.write(bytes).catch(() => {});
    client.finish();
    await server.seen("ended");
    expect(alike(server.input, bytes)).toBe(true);
    expect(client.sentBytes).toBe(bytes.length);
  });

  test.each(["client", "server"] as const)(
    "half close by the %s: the other way goes on",
    async (side) => {
      const pair = await on().pair();
      const first = pair[side];
      const second = side === "client" ? pair.server : pair.client;
      await first.write(Uint8Array.of(1, 2));
      first.finish();
      await second.seen("ended");
      const bytes = pattern(on().sizes.bulk, 2);
      await second.write(bytes);
      second.finish();
      await first.seen("ended");
      expect(alike(first.input, bytes)).toBe(true);
      expect([...second.input]).toEqual([1, 2]);
      for (const end of [first, second]) {
        end.destroy();
        await end.seen("closed");
        expect(end.log).not.toContain("failed");
      }
    },
  );

  test("a FIN while a write is under way: the write goes on", async () => {
    const { client, server } = await on().pair("pause");
    const bytes = pattern(on().sizes.stall, 6);
    const writing = client.write(bytes);
    writing.catch(() => {});
    await on().fence();
    server.finish();
    await client.seen("ended");
    server.resume();
    await writing;
    await server.until(() => server.inputBytes === bytes.length);
    expect(alike(server.input, bytes)).toBe(true);
    expect(client.log).not.toContain("failed");
  });

  test("both ends may finish at once", async () => {
    const { client, server } = await on().pair();
    client.finish();
    server.finish();
    await Promise.all([client.seen("ended"), server.seen("ended")]);
  });

  test("destroy behind a finish delivers everything written", async () => {
    const { client, server } = await on().pair();
    const bytes = pattern(on().sizes.bulk, 3);
    client.write(bytes).catch(() => {});
    client.finish();
    client.destroy();
    await server.seen("ended");
    expect(alike(server.input, bytes)).toBe(true);
    await client.seen("closed");
    expect(client.log).not.toContain("failed");
  });

  test("destroy behind a finish: input is not reported any more", async () => {
    const { client, server } = await on().pair();
    const writing = [client, server].map((end) => end.write(pattern(on().sizes.bulk, 5)));
    client.finish();
    client.destroy();
    client.resume();
    await client.seen("closed");
    server.destroy();
    await Promise.allSettled(writing);
  });

  test("destroy: closed follows, the peer sees the end, and orders mean nothing more", async () => {
    const { client, server } = await on().pair();
    client.destroy();
    client.destroy();
    client.pause();
    client.resume();
    client.finish();
    on().call(() => client.transport.write([Uint8Array.of(1)], 1));
    await client.seen("closed");
    expect(client.log).toEqual(["connected", "closed"]);
    await server.seen("ended");
    expect(server.inputBytes).toBe(0);
  });

  test("destroy within a report is obeyed at once", async () => {
    const { client, server } = await on().pair();
    client.oninput = () => client.destroy();
    const writing = server.write(pattern(on().sizes.bulk, 4)).catch(() => {});
    await client.seen("closed");
    expect(client.log).toEqual(["connected", "input", "closed"]);
    server.destroy();
    await writing;
  });

  test("destroy with unread input: the peer sees a reset", async () => {
    const { client, server } = await on().pair("pause");
    await client.write(Uint8Array.of(1, 2, 3));
    await on().fence();
    server.destroy();
    await resetSeen(client);
  });

  test("bytes nobody receives any more are answered with a reset", async () => {
    const { client, server } = await on().pair();
    server.destroy();
    await client.seen("ended");
    while (!client.log.includes("failed")) {
      await Promise.race([client.write(Uint8Array.of(1)), client.seen("failed")]).catch(() => {});
      await on().fence();
    }
    await resetSeen(client);
  });

  test("orders to a connection that has failed mean nothing", async () => {
    const { client, server } = await on().pair("pause");
    await client.write(Uint8Array.of(1));
    await on().fence();
    server.destroy();
    await client.seen("failed");
    client.pause();
    client.resume();
    client.finish();
    client.destroy();
    await client.seen("closed");
  });
}
