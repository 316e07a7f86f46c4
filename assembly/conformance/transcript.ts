/**
 * What was said, normalised as test/vectors/README.md has it: for each socket its events, then its wire
 * bytes, adjacent data joined.
 */
import { fromText, joined } from "./bytes.ts";
import { sha256 } from "./sha256.ts";

class Entry {
  chunks: Uint8Array[] = [];

  constructor(
    public word: string,
    public carries: bool,
  ) {}
}

class Account {
  events: Entry[] = [];
  wire: Uint8Array[] = [];
}

export class Transcript {
  private accounts: Map<string, Account> = new Map<string, Account>();

  event(socket: string, word: string): void {
    this.account(socket).events.push(new Entry(word, false));
  }

  /** A message, or data. */
  bytes(socket: string, word: string, bytes: Uint8Array): void {
    const events = this.account(socket).events;
    const joins = word === "data" && events.length > 0 && events[events.length - 1].word === word;
    if (!joins) events.push(new Entry(word, true));
    events[events.length - 1].chunks.push(bytes);
  }

  wire(socket: string, bytes: Uint8Array): void {
    this.account(socket).wire.push(bytes);
  }

  /** Each with a line feed. */
  lines(): string[] {
    const lines: string[] = [];
    const sockets = this.accounts.keys().sort();
    for (let i = 0; i < sockets.length; i++) {
      const account = this.accounts.get(sockets[i]);
      for (let k = 0; k < account.events.length; k++) {
        const event = account.events[k];
        const bytes = event.carries ? shown(event.chunks) : "";
        lines.push(sockets[i] + " " + event.word + bytes + "\n");
      }
      if (account.wire.length > 0) lines.push(sockets[i] + " tx" + shown(account.wire) + "\n");
    }
    return lines;
  }

  private account(socket: string): Account {
    if (!this.accounts.has(socket)) this.accounts.set(socket, new Account());
    return this.accounts.get(socket);
  }
}

export function digest(lines: string[]): string {
  return sha256(fromText(lines.join("")));
}

function shown(chunks: Uint8Array[]): string {
  const bytes = joined(chunks);
  return " " + bytes.length.toString() + " " + sha256(bytes);
}
