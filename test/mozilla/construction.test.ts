/** What the strict constructors make of their arguments. */
import { describe, expect, test } from "vitest";
import * as sansock from "../../bindings/index.ts";
import { mozTCPSocket, TCPServerSocket, TCPSocket } from "../../bindings/mozilla.ts";
import { Loopback } from "../../host/loopback/index.ts";
import { thrown } from "../semantics/support/thrown.ts";
import { newServer, newSocket } from "./support/strict.ts";

/** A network that does nothing by itself: sockets stay as they were made. */
const engine = new sansock.Engine({ host: new Loopback({ virtual: true }) });

function make(options: object = {}): TCPSocket {
  return newSocket("h", 1, { engine, ...options });
}

/** What an attempt leads to: the exception's name, or whether the socket is secure. */
function outcome(attempt: () => sansock.TCPSocket): string | boolean {
  let secure = false;
  const error = thrown(() => {
    secure = attempt().ssl;
  });
  return error?.name ?? secure;
}

/** Each number, and what becomes it. */
const PORTS: Record<number, unknown[]> = {
  0: ["", "port", -0.5, 65536, -65536, Number.NaN, Number.POSITIVE_INFINITY, null, undefined, {}],
  1: [65537, true],
  7: [[7]],
  16: [" 0x10 "],
  81: [{ valueOf: () => 81, toString: () => "82" }],
  8105: ["8105", 8105.9, 2 ** 32 + 8105],
  65535: [-1, 65535, "-1"],
};

describe("host and port", () => {
  test("M10: a port is a number modulo 65536", () => {
    for (const [port, all] of Object.entries(PORTS)) {
      for (const given of all) expect(newSocket("h", given, { engine }).port).toBe(Number(port));
    }
  });

  test("M10 M18: host is whatever it becomes as a string", () => {
    const hosts: [unknown, string][] = [
      ["::1", "::1"],
      ["", ""],
      [undefined, "undefined"],
      [null, "null"],
      [5, "5"],
      [["a", "b"], "a,b"],
      [{ toString: () => "from toString", valueOf: () => "from valueOf" }, "from toString"],
    ];
    for (const [given, host] of hosts) expect(newSocket(given, 1, { engine }).host).toBe(host);
  });

  test("M10: what has no string or number is a TypeError", () => {
    for (const given of [
      [Symbol("h"), 1],
      ["h", Symbol("p")],
      ["h", 1n],
      [{ toString: 1, valueOf: 1 }, 1],
    ]) {
      expect(() => newSocket(...given, { engine })).toThrow(TypeError);
    }
    expect(() => newServer(1n, { engine })).toThrow(TypeError);
    expect(() => newServer(0, { engine }, Symbol("b"))).toThrow(TypeError);
  });

  test("M10: missing arguments are a TypeError, whoever is called", () => {
    const open = mozTCPSocket.open as (...given: unknown[]) => TCPSocket;
    const listen = mozTCPSocket.listen as (...given: unknown[]) => TCPServerSocket;
    for (const call of [newSocket, newServer, open, listen])
      expect(() => call()).toThrow(TypeError);
    for (const call of [newSocket, open]) expect(() => call("h")).toThrow("2 arguments");
  });

  test("M10 M12: conversions run once each, from left to right", () => {
    const order: string[] = [];
    const noted = <T>(name: string, value: T): T => {
      order.push(name);
      return value;
    };
    const host = { toString: () => noted("host", "h") };
    const port = { valueOf: () => noted("port", 5) };
    const binaryType = { toString: () => noted("to string", "arraybuffer") };
    const options = {
      get useSecureTransport() {
        return noted("useSecureTransport", false);
      },
      get useSSL() {
        return noted("useSSL", true);
      },
      get binaryType() {
        return noted("binaryType", binaryType);
      },
      engine,
    };
    expect(newSocket(host, port, options).binaryType).toBe("arraybuffer");
    expect(order).toEqual([
      ...["host", "port", "binaryType", "to string", "useSSL", "useSecureTransport"],
    ]);
  });
});

describe("options", () => {
  test("M12: null and undefined mean the defaults, other primitives are a TypeError", () => {
    for (const none of [undefined, null]) {
      const socket = newSocket("127.0.0.1", 9, none);
      expect([socket.binaryType, socket.ssl]).toEqual(["string", false]);
      socket.closeImmediately();
      newServer(0, none).close();
    }
    for (const given of [5, "x", true, Symbol("o")]) {
      expect(() => newSocket("h", 1, given)).toThrow(TypeError);
      expect(() => newServer(0, given)).toThrow(TypeError);
    }
  });

  test("M12: unknown members are ignored, those of sansock among them", () => {
    const strange = { binarytype: "x", highWaterMark: "no number", signal: 5, tls: { ca: 1 } };
    expect(make({ ...strange, localPort: -1, connectTimeout: "soon" }).readyState).toBe(
      "connecting",
    );
    const server = newServer(0, { engine, ...strange, host: 5, useSecureTransport: true });
    expect(server.localPort).toBeGreaterThan(0);
    server.close();
  });

  test("M12: binaryType is one of two strings, or becomes one", () => {
    for (const binaryType of ["string", "arraybuffer"]) {
      expect(make({ binaryType }).binaryType).toBe(binaryType);
      expect(make({ binaryType: Object(binaryType) }).binaryType).toBe(binaryType);
    }
    expect(make({ binaryType: undefined }).binaryType).toBe("string");
    for (const binaryType of ["uint8array", "ArrayBuffer", "", "blob", null, 0, {}, Symbol("b")]) {
      expect(() => make({ binaryType }), String(binaryType)).toThrow(TypeError);
      expect(() => newServer(0, { engine, binaryType }), String(binaryType)).toThrow(TypeError);
    }
    expect(() => make({ binaryType: "blob" })).toThrow('binaryType: "blob" came');
  });

  test("M12 M14: inherited members count, a function is an object too", () => {
    const inherited = Object.create({ engine, binaryType: "arraybuffer" });
    expect(newSocket("h", 1, inherited).binaryType).toBe("arraybuffer");
    const options = Object.assign(() => {}, { engine, binaryType: "arraybuffer" });
    expect(newSocket("h", 1, options).binaryType).toBe("arraybuffer");
  });

  test("M13: useSSL and any true value are useSecureTransport: true", () => {
    const secure = outcome(
      () => new sansock.TCPSocket("h", 1, { engine, useSecureTransport: true }),
    );
    const variants = [
      { useSecureTransport: 1 },
      { useSecureTransport: "false" },
      { useSSL: true },
      { useSSL: {} },
      { useSSL: true, useSecureTransport: undefined },
      { useSSL: false, useSecureTransport: true },
    ];
    for (const options of variants) expect(outcome(() => make(options))).toBe(secure);
  });

  test("M13: useSecureTransport wins when both are given", () => {
    for (const useSecureTransport of [false, 0, "", null]) {
      expect(make({ useSSL: true, useSecureTransport }).ssl).toBe(false);
    }
    expect(make({ useSSL: 0 }).ssl).toBe(false);
  });

  test("an engine is used, what is none is ignored", () => {
    const own = new sansock.Engine({ host: new Loopback({ virtual: true }), maxSockets: 1 });
    make({ engine: own });
    expect(() => make({ engine: own })).toThrow("maxSockets");
    newSocket("127.0.0.1", 9, { engine: {} }).closeImmediately();
  });
});

describe("listening", () => {
  test("M112 M10: port -1 is 65535, as in the example everybody copied", () => {
    const server = newServer(-1, { engine });
    expect(server.localPort).toBe(65535);
    server.close();
  });

  test("M112: a port in a string, or none that is a number", () => {
    for (const [given, port] of [
      ["8105", 8105],
      [65536 + 8106, 8106],
    ]) {
      const server = newServer(given, { engine });
      expect(server.localPort).toBe(port);
      server.close();
    }
    const server = newServer(undefined, { engine });
    expect(server.localPort, "0 is any").toBeGreaterThan(0);
    server.close();
  });

  test("M113: backlog is any number modulo 65536", () => {
    const host = new Loopback({ virtual: true });
    const asked: unknown[] = [];
    const listen = host.listen.bind(host);
    host.listen = (target, sink) => {
      asked.push(target.backlog);
      return listen(target, sink);
    };
    const own = new sansock.Engine({ host });
    for (const backlog of [-1, 65535, 5.9, "7", 65536 + 3, { valueOf: () => 9 }]) {
      newServer(0, { engine: own }, backlog).close();
    }
    expect(asked).toEqual([65535, 65535, 5, 7, 3, 9]);
    asked.length = 0;
    for (const backlog of [0, undefined, null, "many", 65536]) {
      newServer(0, { engine: own }, backlog).close();
    }
    expect(asked, "the host's default").toEqual(Array(5).fill(undefined));
  });
});

describe("classes", () => {
  test("M4 M7: strict sockets are sockets of sansock, and EventTargets", () => {
    const socket = mozTCPSocket.open("h", 1, { engine });
    const server = mozTCPSocket.listen(0, { engine });
    const [own, base] = [TCPSocket, sansock.TCPSocket];
    for (const kind of [own, base, EventTarget]) expect(socket).toBeInstanceOf(kind);
    for (const kind of [TCPServerSocket, sansock.TCPServerSocket])
      expect(server).toBeInstanceOf(kind);
    expect(TCPSocket.open("h", "8105", { engine })).toMatchObject({ constructor: own, port: 8105 });
    expect(TCPSocket.listen(0, { engine }).constructor).toBe(TCPServerSocket);
    expect(new sansock.TCPSocket("h", 1, { engine })).not.toBeInstanceOf(own);
  });

  test("M102: upgradeToSecure() of sansock, which returns a promise, is not inherited as it is", () => {
    const { prototype } = TCPSocket;
    expect(Object.hasOwn(prototype, "upgradeToSecure")).toBe("upgradeToSecure" in prototype);
  });
});
