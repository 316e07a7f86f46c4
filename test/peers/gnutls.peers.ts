/** gnutls-cli and `gnutls-serv` at the other end, with TLS from the first byte on. */
import { readFileSync } from "node:fs";
import { beforeAll, expect, test, vi } from "vitest";
import { framing, TCPSocket } from "../../bindings/index.ts";
import { INSTALL_MILLISECONDS, PEER_TEST_MILLISECONDS } from "./support/debian.ts";
import { totalOf } from "./support/digest.ts";
import { freshEngine } from "./support/engine.ts";
import { needGnutls, PRIORITIES, startGnutlsClient, startGnutlsServer } from "./support/gnutls.ts";
import { LineServer } from "./support/line-server.ts";
import { HOST } from "./support/openssl.ts";
import type { Program } from "./support/program.ts";
import { stoppedAfterwards } from "./support/programs.ts";
import { scratchFolder } from "./support/scratch.ts";
import { type TlsFiles, tlsFiles } from "./support/tls-files.ts";
import { Witness } from "./support/witness.ts";

vi.setConfig({ testTimeout: PEER_TEST_MILLISECONDS });

const folder = scratchFolder();
const engine = freshEngine();
const stopped = stoppedAfterwards();
let server: TlsFiles;
let stranger: TlsFiles;

beforeAll(async () => {
  await needGnutls();
  server = await tlsFiles(folder);
  stranger = await tlsFiles(folder, "selfSigned");
}, INSTALL_MILLISECONDS);

function listen(): Promise<LineServer> {
  const { cert, key } = server;
  const tls = { cert, key, ALPNProtocols: ["one", "two"] };
  return LineServer.listen(HOST, engine(), { useSecureTransport: true, tls });
}

/** A line at a time: of two in one read it would lose the second. */
async function expectEcho(program: Program): Promise<void> {
  program.tell("hello\n");
  await program.prints(/^hello\r\n$/);
  program.tell("bye\n");
  expect(await program.output()).toEqual(totalOf(Buffer.from("hello\r\nbye\r\n")));
}

test.each(PRIORITIES)("gnutls-cli verifies us in $protocol", async ({ priority, protocol }) => {
  const lines = await listen();
  const names = ["--sni-hostname", "localhost", "--verify-hostname", "localhost"];
  const args = [...names, "--alpn", "two", "--priority", priority];
  const { program, log } = await startGnutlsClient(lines.port, folder, server.caFile, ...args);
  stopped(program);
  await expectEcho(program);
  expect(readFileSync(log, "utf8")).toContain("The certificate is trusted");
  await lines.end();
  expect(lines.witnesses[0]?.events).toEqual(["close"]);
  expect(lines.infos[0]).toMatchObject({ protocol, alpnProtocol: "two" });
});

test.each(PRIORITIES)("gnutls-cli resumes its session in $protocol", async ({ priority }) => {
  const lines = await listen();
  const args = ["--resume", "--waitresumption", "--priority", priority];
  const { program, log } = await startGnutlsClient(lines.port, folder, server.caFile, ...args);
  stopped(program);
  await expectEcho(program);
  expect(readFileSync(log, "utf8")).toContain("This is a resumed session");
  await lines.end();
  expect(lines.witnesses).toHaveLength(2);
});

test("gnutls-cli that does not trust us leaves", async () => {
  const lines = await listen();
  const { program } = await startGnutlsClient(lines.port, folder, stranger.certFile);
  await expect(stopped(program).output()).rejects.toThrow();
  await lines.end();
  expect(lines.lines).toEqual([]);
});

test.each(PRIORITIES)("gnutls-serv echoes lines in $protocol", async ({ priority, protocol }) => {
  const names = ["--alpn", "two", "--alpn-fatal", "--sni-hostname", "localhost"];
  const args = [...names, "--sni-hostname-fatal", "--priority", priority];
  const { program, port } = await startGnutlsServer(server, ...args);
  stopped(program);
  const socket = new TCPSocket("localhost", port, {
    engine: engine(),
    family: 4,
    framing: framing.lines(),
    useSecureTransport: true,
    tls: { ca: server.ca, ALPNProtocols: ["one", "two"] },
  });
  const lines = socket[Symbol.asyncIterator]();
  await socket.opened;
  expect(socket.tlsInfo).toMatchObject({ protocol, alpnProtocol: "two" });
  for (const line of ["hello", "0123456789".repeat(100)]) {
    socket.send(line);
    expect((await lines.next()).value).toBe(line);
  }
  socket.close();
  await socket.closed;
});

test("gnutls-serv that is somebody else is not spoken to", async () => {
  const { program, port } = await startGnutlsServer(stranger);
  stopped(program);
  const tls = { ca: server.ca };
  const socket = new TCPSocket(HOST, port, { engine: engine(), useSecureTransport: true, tls });
  const witness = new Witness(socket);
  await witness.closed;
  expect(witness.error).toMatchObject({ name: "SecurityUntrustedCertificateIssuerError" });
  expect(witness.events).toEqual(["error", "close"]);
});
