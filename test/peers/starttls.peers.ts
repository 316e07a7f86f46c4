/**
 * STARTTLS in the dialects that `openssl s_client` and gnutls-cli know, with a server of ours: its last
 * line in plaintext, and then their first in TLS, at once.
 */
import { beforeAll, describe, expect, test, vi } from "vitest";
import { INSTALL_MILLISECONDS, PEER_TEST_MILLISECONDS } from "./support/debian.ts";
import { totalOf } from "./support/digest.ts";
import { freshEngine } from "./support/engine.ts";
import { needGnutls, startGnutlsClient } from "./support/gnutls.ts";
import { LineServer } from "./support/line-server.ts";
import { HOST, needOpenssl, startClient } from "./support/openssl.ts";
import type { Program } from "./support/program.ts";
import { stoppedAfterwards } from "./support/programs.ts";
import { scratchFolder } from "./support/scratch.ts";
import { DIALECTS, speaking, speakingPostgres } from "./support/starttls.ts";
import { type TlsFiles, tlsFiles } from "./support/tls-files.ts";

vi.setConfig({ testTimeout: PEER_TEST_MILLISECONDS });

const folder = scratchFolder();
const engine = freshEngine();
const stopped = stoppedAfterwards();
let files: TlsFiles;

beforeAll(async () => {
  await needOpenssl();
  await needGnutls();
  files = await tlsFiles(folder);
}, INSTALL_MILLISECONDS);

/** Starts a client of the server's port, with which lines are then exchanged. */
type Start = (port: number, protocol: string) => Promise<Program>;

const CLIENTS: { program: string; start: Start }[] = [
  {
    program: "s_client",
    start: (port, protocol) => {
      const checks = ["-verify_ip", HOST];
      return startClient(port, files.caFile, "-crlf", "-ign_eof", ...checks, "-starttls", protocol);
    },
  },
  {
    program: "gnutls-cli",
    start: async (port, protocol) => {
      const wanted = `--starttls-proto=${protocol}`;
      return (await startGnutlsClient(port, folder, files.caFile, wanted)).program;
    },
  },
];

const SPEAKERS = [
  ...DIALECTS.map((dialect) => ({ protocol: dialect.protocol, options: speaking(dialect) })),
  { protocol: "postgres", options: speakingPostgres() },
];

describe.each(CLIENTS)("$program", ({ start }) => {
  test.each(SPEAKERS)("turns to TLS as $protocol has it", async ({ protocol, options }) => {
    const { cert, key } = files;
    const lines = await LineServer.listen(HOST, engine(), { ...options, tls: { cert, key } });
    const program = stopped(await start(lines.port, protocol));
    program.tell("hello\n");
    await program.prints(/^hello\r\n$/);
    program.tell("bye\n");
    expect(await program.output()).toEqual(totalOf(Buffer.from("hello\r\nbye\r\n")));
    await lines.end();
    expect(lines.witnesses[0]?.events).toEqual(["close"]);
    expect(lines.lines.slice(-2)).toEqual(["hello", "bye"]);
    expect(lines.infos.map((info) => info?.protocol).slice(-3)).toEqual([
      undefined, // the last line in plaintext
      "TLSv1.3",
      "TLSv1.3",
    ]);
  });
});
