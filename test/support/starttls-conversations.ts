/** What the clients of examples/ that know STARTTLS say and are answered, as in conversations.ts. */
import type { Conversation } from "./conversations.ts";
import { lines } from "./written-bytes.ts";

export interface StarttlsConversation extends Conversation {
  /** Parts in plaintext; the others are in TLS. Default: all, so there is none. */
  readonly clear?: number;
}

const NOTHING = Buffer.alloc(0);

const GREETED = [
  [NOTHING, lines("220-mail.example", "220 ESMTP")],
  [lines("EHLO client.example"), lines("250-mail.example", "250 STARTTLS")],
] as const;
const MAIL = ["Subject: sansock", "", "Said in secret.", "."];
const SMTP = { example: "starttls-smtp", args: ["a@mail.example", "b@mail.example"] };

const WELCOMED = [[NOTHING, lines("* OK ready, STARTTLS wanted")]] as const;
const IMAP = { example: "starttls-imap", args: ["sam", "secret"] };

export const STARTTLS: readonly StarttlsConversation[] = [
  {
    ...SMTP,
    about: "a mail in TLS",
    parts: [
      ...GREETED,
      [lines("STARTTLS"), lines("220 go ahead")],
      [lines("EHLO client.example"), lines("250-mail.example", "250 8BITMIME")],
      [lines("MAIL FROM:<a@mail.example>"), lines("250 ok")],
      [lines("RCPT TO:<b@mail.example>"), lines("250 ok")],
      [lines("DATA"), lines("354 go on")],
      [lines(...MAIL), lines("250-thank you", "250 queued")],
      [lines("QUIT"), lines("221 bye")],
    ],
    clear: 3,
    prints: ["250 queued"],
  },
  {
    ...SMTP,
    about: "a refusal",
    parts: [...GREETED, [lines("STARTTLS"), lines("454 not now")]],
    prints: [""],
    complains: /Error: 454 not now/,
  },
  {
    ...SMTP,
    about: "a line too much",
    parts: [...GREETED, [lines("STARTTLS"), lines("220 go ahead", "250 in TLS, or so it seems")]],
    prints: [""],
    complains: /Security\w*Error/,
  },
  {
    ...IMAP,
    about: "a mailbox, in TLS",
    parts: [
      ...WELCOMED,
      [lines("a1 STARTTLS"), lines("a1 OK go ahead")],
      [lines('a2 LOGIN "sam" "secret"'), lines("* CAPABILITY IMAP4rev1", "a2 OK welcome")],
      [lines("a3 STATUS INBOX (MESSAGES)"), lines("* STATUS INBOX (MESSAGES 7)", "a3 OK done")],
      [lines("a4 LOGOUT"), lines("* BYE", "a4 OK done")],
    ],
    clear: 2,
    prints: ["* STATUS INBOX (MESSAGES 7)"],
  },
  {
    ...IMAP,
    about: "a wrong password",
    parts: [
      ...WELCOMED,
      [lines("a1 STARTTLS"), lines("a1 OK go ahead")],
      [lines('a2 LOGIN "sam" "secret"'), lines("a2 NO [AUTHENTICATIONFAILED] no")],
    ],
    clear: 2,
    prints: [""],
    complains: /AUTHENTICATIONFAILED/,
  },
  {
    ...IMAP,
    about: "lines too much, which look like the answers to come",
    parts: [...WELCOMED, [lines("a1 STARTTLS"), lines("a1 OK go ahead", "a2 OK", "* STATUS")]],
    prints: [""],
    complains: /Security\w*Error/,
  },
];
