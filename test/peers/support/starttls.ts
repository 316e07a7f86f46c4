/**
 * How protocols turn to TLS, as far as a client must be answered for it to do so: enough of each to
 * meet programs that know them all. In TLS, whatever was spoken before, lines come back.
 */
import { framing, type TCPSocket } from "../../../bindings/index.ts";
import type { LineServerOptions } from "./line-server.ts";

export interface Dialect {
  readonly protocol: string;
  readonly greeting: readonly string[];
  /** What may be asked, and the answer. A tag in front comes back as $1. */
  readonly answers: readonly (readonly [asked: RegExp, ...answer: string[]])[];
  /** What brings TLS, and the last line before it. */
  readonly turn: readonly [asked: RegExp, answer: string];
}

const TAG = "([.\\w]+) ";

export const DIALECTS: readonly Dialect[] = [
  {
    protocol: "smtp",
    greeting: ["220-peer.example", "220 ESMTP"],
    answers: [[/^EHLO .*/, "250-peer.example", "250-STARTTLS", "250 8BITMIME"]],
    turn: [/^STARTTLS$/, "220 go ahead"],
  },
  {
    protocol: "lmtp",
    greeting: ["220 LMTP"],
    answers: [[/^LHLO .*/, "250-peer.example", "250 STARTTLS"]],
    turn: [/^STARTTLS$/, "220 go ahead"],
  },
  {
    protocol: "imap",
    greeting: ["* OK IMAP4rev1"],
    answers: [[RegExp(`^${TAG}CAPABILITY$`), "* CAPABILITY IMAP4rev1 STARTTLS", "$1 OK done"]],
    turn: [RegExp(`^${TAG}STARTTLS$`), "$1 OK go ahead"],
  },
  { protocol: "pop3", greeting: ["+OK"], answers: [], turn: [/^STLS$/, "+OK go ahead"] },
  {
    protocol: "ftp",
    greeting: ["220 peer.example"],
    answers: [[/^FEAT$/, "211-features", " AUTH TLS", "211 end"]],
    turn: [/^AUTH TLS$/, "234 go ahead"],
  },
  {
    protocol: "nntp",
    greeting: ["200 peer.example"],
    answers: [[/^CAPABILITIES$/, "101 capabilities", "VERSION 2", "STARTTLS", "."]],
    turn: [/^STARTTLS$/, "382 go ahead"],
  },
  {
    protocol: "sieve",
    greeting: ['"IMPLEMENTATION" "peer"', '"STARTTLS"', 'OK "hello"'],
    answers: [],
    turn: [/^STARTTLS$/, 'OK "go ahead"'],
  },
];

/** A server of that dialect. */
export function speaking({ greeting, answers, turn }: Dialect): LineServerOptions {
  const talk = (socket: TCPSocket, line: string): boolean => {
    if (socket.ssl) return false;
    const [asked, answer] = turn;
    const known = answers.find(([question]) => question.test(line));
    for (const one of (known?.slice(1) as string[] | undefined) ?? []) {
      socket.send(line.replace(known?.[0] as RegExp, one));
    }
    if (asked.test(line)) {
      socket.send(line.replace(asked, answer));
      void socket.upgradeToSecure();
    }
    return true;
  };
  return { greeting, talk };
}

/** PostgreSQL's way: a request of eight bytes, and an answer of one. */
export function speakingPostgres(): LineServerOptions {
  const talk = (socket: TCPSocket, request: string): boolean => {
    if (socket.ssl) return false;
    if (request !== "\0\0\0\x08\x04\xd2\x16\x2f") return true;
    socket.setFraming(null);
    socket.send("S");
    void socket.upgradeToSecure();
    socket.setFraming(framing.lines());
    return true;
  };
  return { framing: framing.fixed(8), talk };
}
