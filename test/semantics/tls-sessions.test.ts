/** Sessions that clients resume: they save a handshake, and never a verification. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import tls from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { TCPServerSocket, type TlsOptions } from "../../bindings/index.ts";
import { certificate, HOST } from "../support/certificates.ts";

const servers: TCPServerSocket[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(options: TlsOptions): Promise<number> {
  const { cert, key } = await certificate("server");
  const server = new TCPServerSocket(0, {
    useSecureTransport: true,
    tls: { cert, key, ...options },
  });
  servers.push(server);
  server.onconnect = ({ socket }) => socket?.send("hello");
  return server.localPort;
}

/** What becomes of a connection: whether the session was resumed, and one to resume. */
async function visit(
  port: number,
  options: tls.ConnectionOptions,
  sessionless = false,
): Promise<Visit> {
  const socket = tls.connect({ host: HOST, port, ...options });
  let session: Buffer | undefined;
  socket.on("session", (given) => {
    session = given;
  });
  const failed = new Promise<Visit>((resolve) => {
    socket.once("error", () => resolve({ refused: true }));
    socket.once("close", () => resolve({ refused: true }));
  });
  const greeted = once(socket, "data").then(async () => {
    const reused = socket.isSessionReused();
    // In TLS 1.3 it comes behind the handshake.
    if (!reused && !sessionless && session === undefined) await once(socket, "session");
    socket.destroy();
    return { refused: false, reused, ...(session && { session }) };
  });
  greeted.catch(() => {});
  return Promise.race([greeted, failed]);
}

interface Visit {
  refused: boolean;
  reused?: boolean;
  session?: Buffer;
}

describe.each(["TLSv1.2", "TLSv1.3"] as const)("%s", (maxVersion) => {
  test("a client resumes its session", async () => {
    const { ca } = await certificate();
    const port = await listen({ maxVersion });
    const first = await visit(port, { ca });
    expect(first.reused).toBe(false);
    const again = await visit(port, { ca, ...(first.session && { session: first.session }) });
    expect(again.reused).toBe(true);
  });

  test("no server that asks for certificates offers one", async () => {
    const { ca, cert, key } = await certificate("client");
    const port = await listen({ maxVersion, ca, requestCert: true });
    const asked = { ca, cert, key };
    const first = await visit(port, asked, true);
    const { session } = first;
    expect(await visit(port, { ...asked, ...(session && { session }) }, true)).toMatchObject({
      refused: false,
      reused: false,
    });
  });

  test("a session of a server that asks for no certificate opens none that does", async () => {
    const { ca } = await certificate();
    const ticketKeys = randomBytes(48);
    const open = await listen({ maxVersion, ticketKeys });
    const strict = await listen({ maxVersion, ticketKeys, ca, requestCert: true });
    const { session } = await visit(open, { ca });
    expect(session).toBeDefined();
    expect((await visit(strict, { ca, ...(session && { session }) })).refused).toBe(true);
  });
});
