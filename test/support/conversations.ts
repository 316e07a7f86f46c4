/**
 * What the clients of examples/ say and are answered, and what they then print. The bytes are written
 * by hand from each protocol's description.
 */
import type { Part } from "./scripted-peer.ts";
import { bytes, hex, lines } from "./written-bytes.ts";

const NOTHING = Buffer.alloc(0);

export interface Conversation {
  readonly example: string;
  readonly about: string;
  readonly args?: readonly string[];
  readonly parts: readonly Part[];
  readonly prints: readonly string[];
  /** The peer sends FIN behind its last answer. */
  readonly ends?: true;
  /** What it complains of; then it fails. */
  readonly complains?: RegExp;
}

// RFC 1035: header, then a.example, A, IN.
const QUESTION = [...hex("01 61 07"), ...Buffer.from("example"), ...hex("00 0001 0001")];
const QUERY = bytes(hex("001b 0001 0100 0001 0000 0000 0000"), QUESTION);

function answered(flags: string, count: string, ...records: (string | number[])[]): Buffer {
  const message = bytes(hex(`0001 ${flags} 0001 ${count} 0000 0000`), QUESTION, ...records);
  return bytes([message.length >> 8, message.length & 255], [...message]);
}

const DNS: Conversation[] = [
  {
    example: "dns",
    about: "an alias, and two addresses of what it stands for",
    args: ["a.example"],
    parts: [
      [
        QUERY,
        answered(
          ...(["8180", "0003"] as const),
          // a.example is b.example; its name is a pointer to the question's
          hex("c00c 0005 0001 0000003c 0004 01 62 c00e"),
          // b.example, once as a pointer into the answer before, once written out
          hex("c027 0001 0001 0000003c 0004 c0000201"),
          ...[hex("01 62 07"), "example", hex("00 0001 0001 0000003c 0004 c0000202")],
        ),
      ],
    ],
    prints: ["192.0.2.1", "192.0.2.2"],
  },
  {
    example: "dns",
    about: "no such name",
    args: ["a.example"],
    parts: [[QUERY, answered("8183", "0000")]],
    prints: [""],
    complains: /code 3/,
  },
];

const REDIS: Conversation[] = [
  {
    example: "redis",
    about: "every type of reply",
    parts: [
      [
        lines(
          "*5",
          "$3",
          "SET",
          "$16",
          "sansock:greeting",
          "$11",
          "grüß dich",
          "$2",
          "EX",
          "$2",
          "60",
        ),
        lines("+OK"),
      ],
      [lines("*2", "$3", "GET", "$16", "sansock:greeting"), lines("$11", "grüß dich")],
      [
        lines("*3", "$4", "EVAL", "$35", "return {'two\\r\\nlines', 2, {false}}", "$1", "0"),
        lines("*5", "$10", "two", "lines", ":2", "*1", "$-1", "$0", "", "*0"),
      ],
    ],
    prints: ["OK", "grüß dich", "[ 'two\\r\\nlines', 2, [ null ], '', [] ]"],
  },
  {
    example: "redis",
    about: "an error",
    parts: [[lines("*5"), lines("-NOAUTH Authentication required.")]],
    prints: [""],
    complains: /Error: NOAUTH Authentication required\./,
  },
];

const STARTUP = bytes(hex("00000024 00030000"), "user\0sam\0database\0postgres\0\0");
const AUTHENTICATION_OK = bytes("R", hex("00000008 00000000"));

const POSTGRES: Conversation[] = [
  {
    example: "postgres",
    about: "a start-up",
    args: ["sam"],
    parts: [
      [
        STARTUP,
        bytes(
          ...[[...AUTHENTICATION_OK], "S", hex("00000018"), "server_version\x0015.0\0"],
          ...["K", hex("0000000c 00000001 00000002"), "Z", hex("00000005"), "I"],
        ),
      ],
      [bytes("X", hex("00000004")), NOTHING],
    ],
    prints: ["server_version is 15.0", "ready"],
  },
  {
    example: "postgres",
    about: "a password is wanted",
    args: ["sam"],
    parts: [[STARTUP, bytes("R", hex("00000017 0000000a"), "SCRAM-SHA-256\0\0")]],
    prints: ["it wants authentication of type 10"],
  },
  {
    example: "postgres",
    about: "a refusal",
    args: ["sam"],
    parts: [[STARTUP, bytes("E", hex("0000001b"), "SFATAL\0C28000\0Mno Sam\0\0")]],
    ends: true,
    prints: ["error: no Sam"],
  },
  {
    example: "postgres",
    about: "an end in the middle of a message",
    args: ["sam"],
    parts: [[STARTUP, bytes([...AUTHENTICATION_OK], "Z", hex("00000005"))]],
    ends: true,
    prints: [""],
    complains: /NetworkInterruptError[\s\S]*1 bytes are missing/,
  },
];

const MQTT: Conversation[] = [
  {
    example: "mqtt",
    about: "what was published comes back, with a length of two bytes",
    parts: [
      [bytes(hex("10 0c 0004"), "MQTT", hex("04 02 0000 0000")), bytes(hex("20 02 00 00"))],
      [bytes(hex("82 16 0001 0011"), "greetings/sansock", [0]), bytes(hex("90 03 0001 00"))],
      [
        bytes(hex("30 1e 0011"), "greetings/sansock", "grüß dich"),
        bytes(hex("31 db01 0011"), "greetings/sansock", "x".repeat(200)),
      ],
      [bytes(hex("e0 00")), NOTHING],
    ],
    prints: [`greetings/sansock: ${"x".repeat(200)}`],
  },
  {
    example: "mqtt",
    about: "a server that refuses",
    parts: [[bytes(hex("10 0c 0004"), "MQTT", hex("04 02 0000 0000")), bytes(hex("20 02 00 05"))]],
    prints: [""],
    complains: /refused: 5/,
  },
];

function lsp(message: object, header = ""): Buffer {
  const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
  return bytes(`${header}Content-Length: ${body.length}\r\n\r\n`, [...body]);
}

const INITIALIZE = { processId: null, rootUri: null, capabilities: {} };
const LSP: Conversation[] = [
  {
    example: "lsp",
    about: "a server with two capabilities and a word to say",
    parts: [
      [
        lsp({ id: 1, method: "initialize", params: INITIALIZE }),
        bytes(
          [...lsp({ method: "window/logMessage", params: { type: 3, message: "grüß dich" } })],
          [
            ...lsp(
              { id: 1, result: { capabilities: { renameProvider: true, hoverProvider: true } } },
              "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n",
            ),
          ],
        ),
      ],
      [
        bytes(
          [...lsp({ method: "initialized", params: {} })],
          [...lsp({ id: 2, method: "shutdown" })],
        ),
        lsp({ id: 2, result: null }),
      ],
      [lsp({ method: "exit" }), NOTHING],
    ],
    prints: ["hoverProvider", "renameProvider"],
  },
];

const MAIL = "Subject: a4\r\n\r\na3 OK is not the end, {7}\r\ngrüß dich";
const IMAP: Conversation[] = [
  {
    example: "imap",
    about: "a mail that looks like responses",
    args: ["sam", "secret"],
    parts: [
      [NOTHING, lines("* OK IMAP4rev1 ready")],
      [lines('a1 LOGIN "sam" "secret"'), lines("a1 OK done")],
      [lines("a2 SELECT INBOX"), lines("* 1 EXISTS", "* FLAGS ()", "a2 OK [READ-WRITE] done")],
      [
        lines("a3 FETCH * BODY.PEEK[]"),
        bytes(
          "* 1 FETCH (BODY[1.MIME] {0}\r\n BODY[] {53}\r\n",
          ...[MAIL, ")\r\n* 2 EXISTS\r\na3 OK done\r\n"],
        ),
      ],
      [lines("a4 LOGOUT"), lines("* BYE", "a4 OK done")],
    ],
    prints: MAIL.split("\n"),
  },
  {
    example: "imap",
    about: "a wrong password",
    args: ["sam", "secret"],
    parts: [
      [NOTHING, lines("* OK ready")],
      [lines('a1 LOGIN "sam" "secret"'), lines("a1 NO [AUTHENTICATIONFAILED] no")],
    ],
    prints: [""],
    complains: /AUTHENTICATIONFAILED/,
  },
];

/** Of all examples that are clients. */
export const CONVERSATIONS: readonly Conversation[] = [
  DNS,
  REDIS,
  POSTGRES,
  MQTT,
  LSP,
  IMAP,
].flat();
