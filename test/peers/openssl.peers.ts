/**
 * `openssl s_server` at the other end, with TLS from the first byte on: what is agreed upon with it, and
 * which servers are refused, by which name.
 */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test, vi } from "vitest";
import { framing, type SocketOptions, TCPSocket, type TlsOptions } from "../../bindings/index.ts";
import type { Kind } from "../support/certificates.ts";
import { INSTALL_MILLISECONDS, PEER_TEST_MILLISECONDS } from "./support/debian.ts";
import { totalOf } from "./support/digest.ts";
import { freshEngine } from "./support/engine.ts";
import { HOST, needOpenssl, startServer, VERSIONS } from "./support/openssl.ts";
import { stoppedAfterwards } from "./support/programs.ts";
import { scratchFolder } from "./support/scratch.ts";
import { type TlsFiles, tlsFiles } from "./support/tls-files.ts";
import { Witness } from "./support/witness.ts";

vi.setConfig({ testTimeout: PEER_TEST_MILLISECONDS });

const folder = scratchFolder();
const engine = freshEngine();
const stopped = stoppedAfterwards();
let server: TlsFiles;
let mail: TlsFiles;
let client: TlsFiles;

beforeAll(async () => {
  await needOpenssl();
  server = await tlsFiles(folder);
  mail = await tlsFiles(folder, "mail");
  client = await tlsFiles(folder, "client");
}, INSTALL_MILLISECONDS);

interface Dialled {
  readonly files?: TlsFiles;
  readonly tls?: TlsOptions;
  readonly host?: string;
  readonly options?: SocketOptions;
}

/** A socket connecting to an s_server that sends back each line reversed. */
async function dial(args: readonly string[], more: Dialled = {}): Promise<TCPSocket> {
  const { files = server, tls = {}, host = HOST, options = {} } = more;
  const { program, port } = await startServer(files, "-rev", ...args);
  stopped(program);
  const lines = framing.lines({ eol: "\n" });
  const own = { engine: engine(), framing: lines, useSecureTransport: true };
  return new TCPSocket(host, port, { ...own, tls: { ca: files.ca, ...tls }, ...options });
}

/** Some lines to and fro, and a clean end. */
async function expectReversed(socket: TCPSocket): Promise<void> {
  const lines = socket[Symbol.asyncIterator]();
  await socket.opened;
  for (const line of ["hello", "a", "0123456789".repeat(1_500)]) {
    socket.send(line);
    expect((await lines.next()).value).toBe([...line].reverse().join(""));
  }
  socket.close();
  await socket.closed;
}

test.each(VERSIONS)("s_server speaks $protocol", async ({ flag, protocol }) => {
  const socket = await dial([flag, "-alpn", "one,two"], { tls: { ALPNProtocols: ["two"] } });
  expect(socket.ssl).toBe(true);
  expect(socket.tlsInfo).toBeNull();
  const seen = socket.opened.then(() => socket.tlsInfo);
  await expectReversed(socket);
  expect(await seen).toMatchObject({ protocol, alpnProtocol: "two" });
});

test.each(VERSIONS)("s_server is told the name looked up, in $protocol", async ({ flag }) => {
  // Who says another name is sent away, and who says none gets the other certificate.
  const second = ["-cert2", mail.certFile, "-key2", mail.keyFile];
  const found = [{ address: HOST, family: 4 }];
  const lookup = (_: string, __: object, done: (...args: unknown[]) => void) => done(null, found);
  const socket = await dial([flag, "-servername", "mail.test", "-servername_fatal", ...second], {
    host: "mail.test",
    options: { lookup: lookup as never },
  });
  await expectReversed(socket);
});

test.each(VERSIONS)(
  "s_server is shown the certificate it asks for, $protocol",
  async ({ flag }) => {
    const asks = [flag, "-Verify", "1", "-CAfile", server.caFile, "-verify_return_error"];
    await expectReversed(await dial(asks, { tls: { cert: client.cert, key: client.key } }));
  },
);

test("s_server is shown a certificate that came as PKCS #12", async () => {
  const file = join(folder, "client.p12");
  const made = [
    "pkcs12",
    "-export",
    "-in",
    client.certFile,
    "-inkey",
    client.keyFile,
    "-out",
    file,
  ];
  await promisify(execFile)("openssl", [...made, "-passout", "pass:word"]);
  const pfx = readFileSync(file);
  const asks = ["-Verify", "1", "-CAfile", server.caFile, "-verify_return_error"];
  await expectReversed(await dial(asks, { tls: { pfx, passphrase: "word" } }));
  expect(
    () => new TCPSocket(HOST, 1, { engine: engine(), tls: { pfx, passphrase: "other" } }),
  ).toThrow(TypeError);
});

test("s_server describes the connection to a browser", async () => {
  const { program, port } = await startServer(server, "-www", "-tls1_3");
  stopped(program);
  const tls = { ca: server.ca };
  const socket = new TCPSocket(HOST, port, { engine: engine(), useSecureTransport: true, tls });
  const page: Uint8Array[] = [];
  const witness = new Witness(socket, { also: (bytes) => page.push(bytes) });
  socket.onopen = () => socket.send("GET / HTTP/1.0\r\n\r\n");
  await witness.closed;
  expect(String(Buffer.concat(page))).toMatch(
    /^HTTP\/1.0 200 ok\r\n[\s\S]*TLSv1.3[\s\S]*<\/HTML>/i,
  );
  expect(witness.events).toEqual(["open", "close"]);
});

test.each([
  { about: "after a line", said: "one\n", events: ["open", "close"], name: undefined },
  {
    about: "within a line",
    said: "one\ntw",
    events: ["open", "error", "close"],
    name: "NetworkInterruptError",
  },
])("s_server that is killed $about, without close_notify", async ({ said, events, name }) => {
  const { program, port } = await startServer(server, "-quiet");
  stopped(program);
  const lines = framing.lines({ eol: "\n" });
  const own = { engine: engine(), framing: lines, useSecureTransport: true };
  const socket = new TCPSocket(HOST, port, { ...own, tls: { ca: server.ca } });
  const witness = new Witness(socket, { also: () => void program.stop() });
  await socket.opened;
  program.tell(said);
  await witness.closed;
  expect(witness.received.total()).toEqual(totalOf(Buffer.from("one")));
  expect(witness.events).toEqual(events);
  expect(witness.error?.name).toBe(name);
});

interface Refusal {
  readonly about: string;
  readonly kind?: Kind;
  readonly args?: readonly string[];
  readonly tls?: TlsOptions;
  readonly name: string;
  /** A fault of the certificate, unless it is one of the protocol. */
  readonly errorClass?: "SecurityProtocol";
  readonly events?: readonly string[];
}

const BY_PROTOCOL = { errorClass: "SecurityProtocol" } as const;
const DEMANDING = ["-Verify", "1", "-verify_return_error"];
const REFUSALS: Refusal[] = [
  {
    about: "whose issuer is not known",
    kind: "unknownIssuer",
    name: "SecurityUntrustedCertificateIssuerError",
  },
  { about: "of another name", kind: "wrongName", name: "SecurityCertificateDomainMismatchError" },
  { about: "that has expired", kind: "expired", name: "SecurityExpiredCertificateError" },
  {
    about: "older than we allow",
    args: ["-tls1_2"],
    tls: { minVersion: "TLSv1.3" },
    name: "SecurityUnsupportedTLSVersionError",
    ...BY_PROTOCOL,
  },
  {
    about: "newer than we allow",
    args: ["-tls1_3"],
    tls: { maxVersion: "TLSv1.2" },
    name: "SecurityUnsupportedTLSVersionError",
    ...BY_PROTOCOL,
  },
  {
    about: "that speaks no protocol of ours",
    args: ["-alpn", "one"],
    tls: { ALPNProtocols: ["two"] },
    name: "SecurityError",
    ...BY_PROTOCOL,
  },
  {
    about: "that wants a certificate, in TLS 1.2",
    args: ["-tls1_2", ...DEMANDING],
    name: "SecurityError",
    ...BY_PROTOCOL,
  },
  {
    about: "that wants a certificate, which in TLS 1.3 it says late",
    args: ["-tls1_3", ...DEMANDING],
    name: "SecurityNoCertificateError",
    events: ["open", "error", "close"],
    ...BY_PROTOCOL,
  },
];

test.each(REFUSALS)("an s_server $about: $name", async (refusal) => {
  const { kind = "server", args = [], tls = {}, name } = refusal;
  const { errorClass = "SecurityCertificate", events = ["error", "close"] } = refusal;
  const socket = await dial(args, { files: await tlsFiles(folder, kind), tls });
  const witness = new Witness(socket);
  await witness.closed;
  expect(witness.error).toMatchObject({ name, errorClass });
  expect(witness.error?.cause).toBeInstanceOf(Error);
  expect(witness.events).toEqual(events);
  expect(witness.received.bytes).toBe(0);
});
