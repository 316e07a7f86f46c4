/**
 * A peer who speaks records and means ill: nothing it says may throw, hang a handshake that it has broken,
 * or pass for a verified end.
 */
import { describe, expect, test } from "vitest";
import { REASON_TLS, REASON_TLS_VERSION } from "../../../assembly/reasons.ts";
import { Loopback } from "../../../host/loopback/index.ts";
import { ALERT, DATA, HANDSHAKE, RecordWriter } from "../../../host/loopback/tls-record.ts";
import { loopbackKeys } from "../contract/keys.ts";
import { alone, HOWS, told } from "../contract/secure-pair.ts";
import { Stage } from "../contract/stage.ts";

type Said = readonly (readonly [type: number, payload: string])[];

const HELLO = { servername: "localhost", protocols: [], versions: ["TLSv1.3"] };
const ANSWER = {
  ...{ version: "TLSv1.3", protocol: null, requestCert: false },
  certificate: "name=127.0.0.1,issuer=test",
};

const json = (message: object): string => JSON.stringify(message);

/** To a client: what a server would not say. */
const TO_CLIENT: readonly (readonly [string, Said])[] = [
  ["an answer that was a greeting", [[HANDSHAKE, json({ ...HELLO, step: 1 })]]],
  [
    "an answer with a version not offered",
    [[HANDSHAKE, json({ ...ANSWER, step: 2, version: "SSLv3" })]],
  ],
  [
    "a certificate that is none",
    [[HANDSHAKE, json({ ...ANSWER, step: 2, certificate: "rubbish" })]],
  ],
  ["an answer without a certificate", [[HANDSHAKE, json({ step: 2, version: "TLSv1.3" })]]],
  ["the last word first", [[HANDSHAKE, json({ step: 4 })]]],
];

/** To a server: what a client would not say. */
const TO_SERVER: readonly (readonly [string, Said])[] = [
  ["two greetings", Array(2).fill([HANDSHAKE, json({ ...HELLO, step: 1 })])],
  ["the last word first", [[HANDSHAKE, json({ step: 3, certificate: null })]]],
  ["a greeting without anything", [[HANDSHAKE, json({ step: 1 })]]],
  [
    "a certificate that is none",
    [
      [HANDSHAKE, json({ ...HELLO, step: 1 })],
      [HANDSHAKE, json({ step: 3, certificate: "rubbish" })],
    ],
  ],
  [
    "a certificate that is no text",
    [
      [HANDSHAKE, json({ ...HELLO, step: 1 })],
      [HANDSHAKE, json({ step: 3, certificate: 5 })],
    ],
  ],
];

const TO_BOTH: readonly (readonly [string, Said])[] = [
  ["no message", [[HANDSHAKE, "rubbish"]]],
  ["an empty message", [[HANDSHAKE, ""]]],
  ["null", [[HANDSHAKE, "null"]]],
  ["a message of no step", [[HANDSHAKE, json({ step: 5 })]]],
  ["bytes before the handshake", [[DATA, "injected"]]],
  ["an alert nobody knows", [[ALERT, "\x02\xff"]]],
];

const CASES = [
  ...[...TO_CLIENT, ...TO_BOTH].map(([name, said]) => ["client", name, said] as const),
  ...[...TO_SERVER, ...TO_BOTH].map(([name, said]) => ["server", name, said] as const),
];

describe.each(HOWS)("%s", (how) => {
  test.each(CASES)("a %s is told %s: it fails", async (side, _, said) => {
    const stage = new Stage(
      new Loopback(),
      { bulk: 0, stall: 0, surplus: 0 },
      await loopbackKeys(),
    );
    const { end, peer } = await alone(stage, how, side);
    await peer.until(() => peer.log.includes("connected") || peer.inputBytes > 0);
    const before = end.log.length;
    const writer = new RecordWriter();
    const bytes = said.map(([type, payload]) => writer.wrap(type, Buffer.from(payload, "latin1")));
    await peer.write(...bytes).catch(() => {}); // it may be closed meanwhile
    await end.seen("closed");
    expect(end.log.slice(before)).toEqual(["failed", "closed"]);
    expect([REASON_TLS, REASON_TLS_VERSION]).toContain(end.reason);
    expect(end.cause).toBeInstanceOf(Error);
    expect(end.log.slice(before)).not.toContain(told(how));
    await stage.strike();
  });
});
