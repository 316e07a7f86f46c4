import { once } from "node:events";
import tls from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import { TCPServerSocket, TCPSocket, type TlsOptions } from "../../../bindings/index.ts";
import { certificate, HOST } from "../../support/certificates.ts";

const servers: (TCPServerSocket | tls.Server)[] = [];
const uncaught: unknown[] = [];
const note = (error: unknown): void => {
  uncaught.push(error);
};
process.on("uncaughtException", note).on("unhandledRejection", note);

afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await new Promise(setImmediate);
  expect(uncaught.splice(0)).toEqual([]);
});

/** The name of what a client of node:tls's server fails with, or "open". */
async function connecting(options: TlsOptions, host = HOST): Promise<string> {
  const { cert, key, ca } = await certificate("server");
  const server = tls.createServer({ cert, key }, (socket) => socket.on("error", () => {}));
  servers.push(server);
  await once(server.listen(0), "listening");
  const { port } = server.address() as { port: number };
  const lookup = (
    _name: string,
    { all }: { all?: boolean },
    done: (...given: unknown[]) => void,
  ) => {
    if (all) done(null, [{ address: "127.0.0.1", family: 4 }]);
    else done(null, "127.0.0.1", 4);
  };
  const socket = new TCPSocket(host, port, {
    useSecureTransport: true,
    tls: { ca, ...options },
    lookup: lookup as never,
  });
  const outcome = await socket.opened.then(
    () => "open",
    ({ name }) => name,
  );
  socket.closeImmediately();
  return outcome;
}

const unspeakable = Object.assign(Object.create(null), {
  toString() {
    throw new Error("no text");
  },
});
const evil = Object.defineProperty(new Error("x"), "code", {
  get() {
    throw new Error("no code");
  },
});

describe("checkServerIdentity", () => {
  test.each([
    ["an object that cannot be shown", () => unspeakable],
    ["an error whose code throws", () => evil],
    ["a promise", async () => {}],
    ["a promise that rejects", () => Promise.reject(new Error("late"))],
    ["false", () => false],
  ])("that gives %s refuses", async (_, check) => {
    expect(await connecting({ checkServerIdentity: check as never })).toBe("SecurityError");
  });

  test("counts without authorities too: a pinned key", async () => {
    const pin = (pinned: boolean): TlsOptions => ({
      ...{ ca: [], rejectUnauthorized: false },
      checkServerIdentity: () => (pinned ? undefined : new Error("another key")),
    });
    expect(await connecting(pin(true))).toBe("open");
    expect(await connecting(pin(false))).toBe("SecurityError");
  });

  test("that throws what cannot be shown refuses", async () => {
    const check = (): never => {
      throw unspeakable;
    };
    expect(await connecting({ checkServerIdentity: check })).toBe("SecurityError");
  });

  test("that gives undefined or null lets pass", async () => {
    for (const pass of [undefined, null]) {
      expect(await connecting({ checkServerIdentity: () => pass as undefined })).toBe("open");
    }
  });
});

describe("SNICallback", () => {
  async function naming(find: unknown): Promise<string> {
    const { cert, key, ca } = await certificate("server");
    const server = new TCPServerSocket(0, {
      useSecureTransport: true,
      tls: { cert, key, SNICallback: find as never },
    });
    servers.push(server);
    server.onconnect = () => {};
    const client = tls.connect({ host: HOST, port: server.localPort, ca, servername: HOST });
    const outcome = await Promise.race([
      once(client, "secureConnect").then(() => "open"),
      once(client, "close").then(() => "refused"),
    ]).catch(() => "refused");
    client.destroy();
    return outcome;
  }

  test.each([
    ["text", (_: string, done: (...given: unknown[]) => void) => done(null, "x")],
    ["a number", (_: string, done: (...given: unknown[]) => void) => done(null, 5)],
    [
      "no true context",
      (_: string, done: (...given: unknown[]) => void) => done(null, { context: 5 }),
    ],
    ["a rejected promise", () => Promise.reject(new Error("no file"))],
    ["an error", (_: string, done: (...given: unknown[]) => void) => done(new Error("who?"))],
  ])("that gives %s ends the handshake", async (_, find) => {
    expect(await naming(find)).toBe("refused");
  });

  test("that gives nothing, or answers later from a promise, goes on", async () => {
    expect(await naming((_: string, done: (error: null) => void) => done(null))).toBe("open");
    const late = async (_: string, done: (error: null) => void): Promise<void> => {
      await new Promise(setImmediate);
      done(null);
    };
    expect(await naming(late)).toBe("open");
  });
});

describe("names", () => {
  test("a trailing dot is not a part of the name, and other alphabets are as in certificates", async () => {
    const asked: unknown[] = [];
    const { cert, key, ca } = await certificate("server");
    const server = tls.createServer({ cert, key }, (socket) => {
      asked.push(socket.servername);
      socket.on("error", () => {});
    });
    servers.push(server);
    await once(server.listen(0), "listening");
    const { port } = server.address() as { port: number };
    for (const host of [`${HOST}.`, "b\u00fccher.test"]) {
      const socket = new TCPSocket(host, port, {
        useSecureTransport: true,
        tls: { ca, checkServerIdentity: () => undefined },
        lookup: ((_: string, { all }: { all?: boolean }, done: (...given: unknown[]) => void) => {
          if (all) done(null, [{ address: "127.0.0.1", family: 4 }]);
          else done(null, "127.0.0.1", 4);
        }) as never,
      });
      await socket.opened;
      const gone = once(server, "secureConnection");
      if (asked.length === 0) await gone;
      socket.closeImmediately();
    }
    while (asked.length < 2) await once(server, "secureConnection");
    expect(asked).toEqual([HOST, "xn--bcher-kva.test"]);
  });
});

test("an upgrade asks for the host's name, too", async () => {
  const { cert, key, ca } = await certificate("server");
  const asked: string[] = [];
  const SNICallback = (name: string, done: (error: null) => void): void => {
    asked.push(name);
    done(null);
  };
  const server = new TCPServerSocket(0, { tls: { cert, key, SNICallback } });
  servers.push(server);
  server.onconnect = ({ socket }) => {
    socket?.upgradeToSecure().catch(() => {});
  };
  const socket = new TCPSocket("localhost", server.localPort);
  await socket.opened;
  await socket.upgradeToSecure({ ca, checkServerIdentity: () => undefined });
  expect(asked).toEqual(["localhost"]);
  socket.closeImmediately();
});

describe("a prototype that somebody has written on", () => {
  test.each([
    ["rejectUnauthorized", false],
    ["checkServerIdentity", () => undefined],
    ["servername", "localhost"],
  ])("turns no verification off by %s", async (name, value) => {
    const { ca } = await certificate("server");
    Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
    const outcome = connecting({ ca }, "mail.test").finally(() => {
      delete (Object.prototype as unknown as Record<string, unknown>)[name];
    });
    expect(await outcome).toBe("SecurityCertificateDomainMismatchError");
  });
});

test("a look-up that answers at once, and a connection that fails at once", async () => {
  const { ca } = await certificate("server");
  const at = (address: string) =>
    ((_: string, { all }: { all?: boolean }, done: (...given: unknown[]) => void) => {
      if (all) done(null, [{ address, family: 4 }]);
      else done(null, address, 4);
    }) as never;
  const throws = (() => {
    throw new Error("no table");
  }) as never;
  for (const [lookup, name] of [
    [at("127.0.0.1"), "ConnectionRefusedError"],
    [throws, "NetworkError"],
  ] as const) {
    const socket = new TCPSocket("somewhere", 1, {
      ...{ useSecureTransport: true, tls: { ca }, lookup, localAddress: "127.0.0.1" },
    });
    await expect(socket.closed).rejects.toMatchObject({ name });
  }
});
