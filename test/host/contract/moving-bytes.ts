/** The contract on bytes: all of them, in order, from memory that stays put until `sent`. */
import { expect, test } from "vitest";
import type { End } from "./end.ts";
import { alike, pattern } from "./pattern.ts";
import type { Pair, Stage } from "./stage.ts";

const PIECE_BYTES = 65_536;

/** Writes all of it, a piece after the other, from one memory that is overwritten in between. */
async function pour(on: Stage, end: End, bytes: Uint8Array): Promise<void> {
  const memory = new ArrayBuffer(PIECE_BYTES + 8);
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    const piece = bytes.subarray(at, at + PIECE_BYTES);
    const view = on.host.view(memory, 8, piece.length);
    view.set(piece);
    await end.write(view);
    view.fill(0xee);
  }
}

async function arrived(end: End, bytes: Uint8Array): Promise<void> {
  await end.until(() => end.inputBytes >= bytes.length);
  expect(alike(end.input, bytes)).toBe(true);
}

export function movingBytesContract(on: () => Stage): void {
  test("bytes arrive in order, both ways", async () => {
    const { client, server } = await on().pair();
    for (let byte = 0; byte < 20; byte++) {
      await Promise.all([
        client.write(Uint8Array.of(byte)),
        server.write(Uint8Array.of(99 - byte)),
      ]);
    }
    await arrived(
      server,
      Uint8Array.from({ length: 20 }, (_, at) => at),
    );
    await arrived(
      client,
      Uint8Array.from({ length: 20 }, (_, at) => 99 - at),
    );
  });

  test("a long transfer each way at once, from memory reused after each sent", async () => {
    const { client, server } = await on().pair();
    const up = pattern(on().sizes.bulk, 1);
    const down = pattern(on().sizes.bulk, 2);
    await Promise.all([pour(on(), client, up), pour(on(), server, down)]);
    await Promise.all([arrived(server, up), arrived(client, down)]);
    expect([client.sentBytes, server.sentBytes]).toEqual([up.length, down.length]);
  });

  test("memory a partial sent has covered may be reused at once", async () => {
    const { client, server } = await on().pair();
    const bytes = pattern(on().sizes.bulk, 3);
    const memory = bytes.slice();
    client.onsent = () => memory.fill(0xee, 0, client.sentBytes);
    await client.write(memory);
    await arrived(server, bytes);
  });

  for (const size of [10_000, 100_000]) {
    test(`the views of one write go in their order: ${size} bytes`, async () => {
      const { client, server } = await on().pair();
      const whole = pattern(size, 4);
      const cuts = [0, 1, 2, size / 2, size / 2 + 1, size - 1, size];
      const views = cuts.slice(1).map((cut, i) => whole.subarray(cuts[i], cut));
      await client.write(...views);
      await arrived(server, whole);
      await server.write(...views);
      await arrived(client, whole);
    });
  }

  test("an accepted connection is paused until resume", async () => {
    const { client, server } = await on().pair("pause");
    const bytes = pattern(1000, 5);
    await client.write(bytes);
    client.finish();
    await on().fence();
    expect(server.log).toEqual([]);
    server.resume();
    await server.seen("ended");
    await arrived(server, bytes);
  });

  test("pause while connecting holds from the first byte on", async () => {
    const listener = on().listen();
    await listener.seen("listening");
    const client = on().connect(listener.listener.localPort);
    client.pause();
    await client.seen("connected");
    const server = await listener.accept(client.transport.addresses.localPort);
    await server.write(pattern(1000, 6));
    server.finish();
    await on().fence();
    expect(client.log).toEqual(["connected"]);
    client.resume();
    await client.seen("ended");
    await arrived(client, pattern(1000, 6));
  });

  test.each(["client", "server"] as const)(
    "pause within a read of the %s: nothing more, until resume",
    async (side) => {
      const pair = await on().pair();
      const reader = pair[side];
      const writer = side === "client" ? pair.server : pair.client;
      const bytes = pattern(on().sizes.bulk, 7);
      reader.oninput = () => reader.pause();
      const poured = pour(on(), writer, bytes);
      await reader.until(() => reader.inputBytes > 0);
      const before = reader.inputBytes;
      await on().fence();
      expect(reader.inputBytes).toBe(before);
      reader.oninput = undefined;
      reader.resume();
      await poured;
      await arrived(reader, bytes);
    },
  );

  test("pause within the last read holds the end back", async () => {
    const { client, server } = await on().pair();
    client.oninput = () => client.pause();
    server.write(Uint8Array.of(1)).catch(() => {});
    server.finish();
    await client.seen("input");
    await on().fence();
    expect(client.log).toEqual(["connected", "input"]);
    client.resume();
    await client.seen("ended");
  });

  test("pause and resume in one breath lose nothing", async () => {
    const { client, server } = await on().pair();
    const bytes = pattern(on().sizes.bulk, 8);
    client.oninput = () => {
      client.pause();
      queueMicrotask(() => client.resume());
    };
    await pour(on(), server, bytes);
    await arrived(client, bytes);
  });

  test("a reader that stands still stops the writer's sent, and nothing is lost", async () => {
    const { client, server } = await on().pair("pause");
    await stall(on(), { client, server }, pattern(on().sizes.stall, 9));
  });
}

async function stall(
  on: Stage,
  pair: Pick<Pair, "client" | "server">,
  bytes: Uint8Array,
): Promise<void> {
  const { client, server } = pair;
  const poured = pour(on, client, bytes);
  let before = -1;
  while (client.sentBytes !== before) {
    before = client.sentBytes;
    await on.fence();
  }
  expect(client.sentBytes).toBeLessThan(bytes.length);
  server.resume();
  await poured;
  await arrived(server, bytes);
}
