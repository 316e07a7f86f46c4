/**
 * `openssl s_client` at the other end, with TLS from the first byte on: what it verifies and shows, and
 * that a refusal, by either side, is the end of that connection only.
 */
import { beforeAll, expect, test, vi } from "vitest";
import type { TlsOptions } from "../../bindings/index.ts";
import { INSTALL_MILLISECONDS, PEER_TEST_MILLISECONDS } from "./support/debian.ts";
import { totalOf } from "./support/digest.ts";
import { freshEngine } from "./support/engine.ts";
import { LineServer } from "./support/line-server.ts";
import { HOST, needOpenssl, startClient, VERSIONS } from "./support/openssl.ts";
import type { Program } from "./support/program.ts";
import { stoppedAfterwards } from "./support/programs.ts";
import { scratchFolder } from "./support/scratch.ts";
import { type TlsFiles, tlsFiles } from "./support/tls-files.ts";
import type { Witness } from "./support/witness.ts";

vi.setConfig({ testTimeout: PEER_TEST_MILLISECONDS });

const folder = scratchFolder();
const engine = freshEngine();
const stopped = stoppedAfterwards();
let server: TlsFiles;
let client: TlsFiles;

beforeAll(async () => {
  await needOpenssl();
  server = await tlsFiles(folder);
  client = await tlsFiles(folder, "client");
}, INSTALL_MILLISECONDS);

function listen(tls: TlsOptions = {}): Promise<LineServer> {
  const { cert, key } = server;
  return LineServer.listen(HOST, engine(), {
    useSecureTransport: true,
    tls: { cert, key, ...tls },
  });
}

/** With `commands`, the letters K and R alone on a line are orders to s_client. */
async function dial(
  port: number,
  args: readonly string[],
  { caFile = server.caFile, commands = false } = {},
): Promise<Program> {
  const last = commands ? [] : ["-ign_eof"];
  return stopped(await startClient(port, caFile, "-crlf", ...last, ...args));
}

async function expectEcho(program: Program): Promise<void> {
  program.tell("hello\n");
  await program.prints(/^hello\r\n$/);
  program.tell("bye\n");
  expect(await program.output()).toEqual(totalOf(Buffer.from("hello\r\nbye\r\n")));
}

test.each(VERSIONS)("s_client verifies us in $protocol", async ({ flag, protocol }) => {
  const lines = await listen({ ALPNProtocols: ["one", "two"] });
  const names = ["-servername", "localhost", "-verify_hostname", "localhost"];
  const program = await dial(lines.port, [flag, ...names, "-alpn", "two,three"]);
  await expectEcho(program);
  expect(program.complaints).toContain("Verification: OK");
  expect(program.complaints).toContain("Verified peername: localhost");
  expect(program.complaints).toContain(`Protocol version: ${protocol}`);
  await lines.end();
  const [{ events, socket }] = lines.witnesses as [Witness];
  expect(events).toEqual(["close"]);
  expect(socket.ssl).toBe(true);
  expect(lines.infos[0]).toMatchObject({ protocol, alpnProtocol: "two" });
});

test.each(VERSIONS)("s_client shows its certificate in $protocol", async ({ flag }) => {
  const lines = await listen({ ca: server.ca, requestCert: true });
  const own = ["-cert", client.certFile, "-key", client.keyFile];
  await expectEcho(await dial(lines.port, [flag, ...own]));
  await lines.end();
  expect(lines.infos[0]?.peerCertificate).toMatchObject({ subject: "CN=client" });
});

test.each(VERSIONS)("s_client without a certificate is not met, in $protocol", async ({ flag }) => {
  const lines = await listen({ ca: server.ca, requestCert: true });
  const program = await dial(lines.port, [flag]);
  await expect(program.output()).rejects.toThrow(/alert/);
  const own = ["-cert", client.certFile, "-key", client.keyFile];
  await expectEcho(await dial(lines.port, [flag, ...own]));
  await lines.end();
  expect(lines.witnesses).toHaveLength(1);
});

test("s_client changes the keys in between, in TLS 1.3", async () => {
  const lines = await listen();
  const program = await dial(lines.port, ["-tls1_3"], { commands: true });
  program.tell("one\n");
  await program.prints(/^one\r\n$/);
  program.tell("K\n");
  await expect.poll(() => program.complaints).toContain("KEYUPDATE"); // an order is the whole of a read
  program.tell("two\n");
  await program.prints(/^one\r\ntwo\r\n$/);
  program.tell("bye\n");
  await program.output();
  await lines.end();
  expect(lines.lines).toEqual(["one", "two", "bye"]);
});

test("s_client may not renegotiate, in TLS 1.2, and nobody else notices", async () => {
  const lines = await listen();
  const other = await dial(lines.port, []);
  const program = await dial(lines.port, ["-tls1_2"], { commands: true });
  program.tell("one\n");
  await program.prints(/^one\r\n$/);
  program.tell("R\n");
  await expect(program.output()).rejects.toThrow("no renegotiation");
  await expectEcho(other);
  await lines.end();
  expect(lines.lines).toEqual(["one", "hello", "bye"]);
});

test("an s_client that refuses, or is refused, takes nobody with it", async () => {
  const lines = await listen({ ALPNProtocols: ["one"], minVersion: "TLSv1.2" });
  const other = await dial(lines.port, []);
  for (const args of [
    ["-tls1_1", "-cipher", "DEFAULT@SECLEVEL=0"],
    ["-alpn", "two"],
    ["-verify_hostname", "elsewhere.test"],
    ["-purpose", "sslclient"],
  ]) {
    const program = await dial(lines.port, args);
    await expect(program.output()).rejects.toThrow(/alert|verify error/);
  }
  const stranger = await dial(lines.port, [], { caFile: client.certFile });
  await expect(stranger.output()).rejects.toThrow(/verify error/);
  await expectEcho(other);
  await lines.end();
  expect(lines.lines).toEqual(["hello", "bye"]);
});
