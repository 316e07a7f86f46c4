/**
 * A man in the middle of a connection with TLS: sees every byte of both ways, and may add some, or end it.
 *
 * Forwards everything, ends included, until told otherwise.
 */
import { expect } from "vitest";
import type { End } from "./end.ts";
import { clientTls, type How, type Options, serverTls, told, upgrades } from "./secure-pair.ts";
import type { Stage } from "./stage.ts";

/** One way: what comes from one end goes to the other. */
class Way {
  readonly from: End;
  readonly to: End;
  #done = 0;
  #busy: Promise<void> | undefined;
  #cut = false;

  constructor(from: End, to: End) {
    this.from = from;
    this.to = to;
    from.oninput = () => this.#forward();
    const end = async (): Promise<void> => {
      await from.seen("ended");
      await this.end();
    };
    end().catch(() => {}); // it is taken down before there is an end
  }

  /** Adds bytes behind what was forwarded. Nothing of its own follows. */
  async add(bytes: Uint8Array): Promise<void> {
    this.#cut = true;
    await this.#busy;
    await this.to.write(bytes);
  }

  /** FIN, behind what was forwarded. */
  async end(): Promise<void> {
    await this.#busy;
    this.#cut = true;
    this.to.finish();
  }

  /** Types of the records so far. */
  get records(): number[] {
    const { input } = this.from;
    const types: number[] = [];
    for (
      let at = 0;
      at < input.length;
      at += 5 + ((input[at + 3] ?? 0) << 8) + (input[at + 4] ?? 0)
    ) {
      types.push(input[at] ?? 0);
    }
    return types;
  }

  #forward(): void {
    this.#busy ??= this.#flush().finally(() => {
      this.#busy = undefined;
    });
  }

  async #flush(): Promise<void> {
    while (this.#done < this.from.inputBytes && !this.#cut) {
      const bytes = this.from.input.slice(this.#done);
      this.#done += bytes.length;
      await this.to.write(bytes).catch(() => {}); // nobody may read any more
    }
  }
}

export interface Relayed {
  readonly client: End;
  readonly server: End;
  /** From the client to the server, and back. */
  readonly up: Way;
  readonly down: Way;
}

/** Two ends that are secure, and read, and do not know who is between them. */
export async function relayed(on: Stage, how: How, options: Options = {}): Promise<Relayed> {
  const [ours, theirs] = [clientTls(on, how, options.client), serverTls(on, how, options.server)];
  const fresh = !upgrades(how);
  const behind = on.listen(fresh ? { tls: theirs } : {});
  const front = on.listen();
  behind.answer = "pause";
  front.answer = "pause";
  await Promise.all([behind.seen("listening"), front.seen("listening")]);
  const client = on.connect(front.listener.localPort, fresh ? { tls: ours } : {});
  client.pause();
  const [left, right] = [await front.first(), on.connect(behind.listener.localPort)];
  await right.seen("connected");
  const server = await behind.first();
  if (!fresh) {
    await client.seen("connected");
    server.secure(theirs);
    client.secure(ours);
  }
  const [up, down] = [new Way(left, right), new Way(right, left)];
  left.resume();
  await Promise.all([client.seen(told(how)), server.seen(told(how))]);
  client.resume();
  server.resume();
  expect(up.records[0]).toBe(22);
  return { client, server, up, down };
}
