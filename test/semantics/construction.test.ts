/** Chapters 1 and 2 of Mozilla's API: the shape of the interface, and what the constructor takes. */
import { describe, expect, test } from "vitest";
import { Engine, type SocketOptions, TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { Loopback } from "../../host/loopback/index.ts";

const HANDLERS = ["onopen", "ondrain", "ondata", "onerror", "onclose"] as const;
const METHODS = ["suspend", "resume", "close", "closeImmediately", "halfClose", "send"] as const;

/** An engine whose network does nothing by itself: sockets stay as they were made. */
function still(): Engine {
  return new Engine({ host: new Loopback({ virtual: true }) });
}

function make(port: unknown, options?: unknown, engine = still()): TCPSocket {
  const given = typeof options === "object" && options !== null ? { engine, ...options } : options;
  return new TCPSocket("127.0.0.1", port as number, (given ?? { engine }) as SocketOptions);
}

describe("shape", () => {
  test("M1 M2: attributes have Mozilla's types and cannot be set", () => {
    const socket = make(8105);
    const attributes: Record<string, unknown> = {
      host: "127.0.0.1",
      port: 8105,
      ssl: false,
      bufferedAmount: 0,
      readyState: "connecting",
      binaryType: "string",
    };
    for (const [name, value] of Object.entries(attributes)) {
      expect(Reflect.get(socket, name), name).toBe(value);
      expect(Reflect.set(socket, name, "other"), name).toBe(false);
      expect(Reflect.get(socket, name), name).toBe(value);
    }
  });

  test("M3: methods are there, handlers are null at first", () => {
    const socket = make(1);
    for (const name of METHODS) expect(socket[name], name).toBeTypeOf("function");
    for (const name of HANDLERS) expect(socket[name], name).toBeNull();
  });

  test("M3: a handler that is not callable becomes null", () => {
    const socket = make(1);
    for (const name of HANDLERS) {
      const handler = (): void => {};
      socket[name] = handler;
      expect(socket[name], name).toBe(handler);
      Reflect.set(socket, name, "not callable");
      expect(socket[name], name).toBeNull();
    }
  });

  test("M4: sockets and servers are EventTargets", () => {
    const engine = still();
    expect(make(1, {}, engine)).toBeInstanceOf(EventTarget);
    expect(new TCPServerSocket(0, { engine })).toBeInstanceOf(EventTarget);
  });

  test("M7: open and listen do what the constructors do", () => {
    const engine = still();
    const socket = TCPSocket.open("somewhere", "8105", { engine, binaryType: "arraybuffer" });
    expect(socket).toBeInstanceOf(TCPSocket);
    const { host, port, binaryType, readyState } = socket;
    expect([host, port, binaryType, readyState]).toEqual([
      ...["somewhere", 8105, "arraybuffer", "connecting"],
    ]);
    const server = TCPSocket.listen(0, { engine });
    expect(server).toBeInstanceOf(TCPServerSocket);
    expect(() => TCPSocket.open("somewhere", -1)).toThrow(TypeError);
    expect(() => TCPSocket.listen(65_536)).toThrow(TypeError);
  });
});

describe("shape of a server", () => {
  test("M121: what Mozilla's has, and nothing of a socket's state", () => {
    const server = new TCPServerSocket(0, { engine: still() });
    for (const name of ["onconnect", "onerror"] as const) expect(server[name], name).toBeNull();
    expect(server.close).toBeTypeOf("function");
    for (const name of ["readyState", "host", "suspend", "resume", "onclose", "onlistening"]) {
      expect(name in server, name).toBe(false);
    }
    expect(Reflect.set(server, "localPort", 1)).toBe(false);
    server.close();
  });
});

describe("arguments", () => {
  const PORTS: readonly unknown[] = [
    ...[-1, 65_536, 1.5, Number.NaN, Number.POSITIVE_INFINITY, null, undefined, true, {}, 80n],
    ...["", " 80", "80 ", "-1", "+80", "1e3", "0x50", "65536", "http", "8105.0"],
  ];

  test.each([0, 1, 65_535, "0", "8105", "65535"])("M10: port %j is taken", (port) => {
    expect(make(port).port).toBe(Number(port));
  });

  test.each(PORTS.map((port) => [String(port), port]))("M10: port %s is a TypeError", (_, port) => {
    const engine = still();
    expect(() => make(port, {}, engine)).toThrow(TypeError);
    expect(() => new TCPServerSocket(port as number, { engine })).toThrow(TypeError);
    expect(engine.stats.sockets, "left behind").toBe(0);
  });

  test("M10: missing arguments are a TypeError", () => {
    expect(() => Reflect.construct(TCPSocket, [])).toThrow(TypeError);
    expect(() => Reflect.construct(TCPSocket, ["127.0.0.1"])).toThrow(TypeError);
    expect(() => Reflect.construct(TCPServerSocket, [])).toThrow(TypeError);
  });

  test.each([undefined, -1, 0, 5, 65_535, 70_000])("M10 M113: backlog %s is taken", (backlog) => {
    const server = new TCPServerSocket(0, { engine: still() }, backlog);
    expect(server.localPort).toBeGreaterThan(0);
  });

  test.each([1.5, "5", Number.NaN, {}])("M10: backlog %j is a TypeError", (backlog) => {
    const construct = () => new TCPServerSocket(0, { engine: still() }, backlog as number);
    expect(construct).toThrow(TypeError);
  });

  test.each([[undefined], [null]])("M12: options %s are the defaults", (options) => {
    const socket = new TCPSocket("127.0.0.1", 1, options as unknown as SocketOptions);
    expect([socket.binaryType, socket.ssl]).toEqual(["string", false]);
    socket.closeImmediately();
  });

  test("M12: an option that is undefined is not given", () => {
    expect(make(1, { binaryType: undefined }).binaryType).toBe("string");
  });

  test.each(["string", "arraybuffer", "uint8array"])(
    "M12: binaryType %s is taken",
    (binaryType) => {
      expect(make(1, { binaryType }).binaryType).toBe(binaryType);
    },
  );

  test.each([["blob"], [null], [1], ["ArrayBuffer"]])("M12: binaryType %j: TypeError", (value) => {
    const engine = still();
    const message = /binaryType.*string.*arraybuffer/s;
    const attempt = () => make(1, { binaryType: value }, engine);
    expect(attempt).toThrow(TypeError);
    expect(attempt, "names the option and what is allowed").toThrow(message);
    expect(attempt, "names what came").toThrow(String(value));
    expect(engine.stats.sockets, "left behind").toBe(0);
  });

  const ILL_TYPED: Record<string, readonly unknown[]> = {
    useSecureTransport: ["yes", 1],
    highWaterMark: ["64k", -1],
    lowWaterMark: [0.5],
    maxBufferedAmount: [Number.NaN, "1"],
    connectTimeout: [-1],
    idleTimeout: ["1s"],
    noDelay: [1],
    keepAlive: ["on"],
    localAddress: [4],
    localPort: [65_536],
    family: [5, "IPv4"],
    lookup: [true],
    allowHalfOpen: [0],
    engine: [{}],
  };
  const CASES = Object.entries(ILL_TYPED).flatMap(([name, values]) =>
    values.map((value) => [name, value] as const),
  );

  test.each(CASES)("M12: option %s: %j is a TypeError naming it", (name, value) => {
    const attempt = () => new TCPSocket("127.0.0.1", 1, { [name]: value });
    expect(attempt).toThrow(TypeError);
    expect(attempt).toThrow(name);
  });

  test.each(["useSSL", "binarytype", "toString", "host"])("M12 M13: %s: unknown option", (name) => {
    expect(() => make(1, { [name]: true })).toThrow(TypeError);
    expect(() => make(1, { [name]: true })).toThrow(name);
    if (name === "host") return;
    const listen = () => new TCPServerSocket(0, { engine: still(), [name]: true });
    expect(listen).toThrow(TypeError);
    expect(listen).toThrow(name);
  });

  test.each([[1], ["string"], [true]])("M12: options of %j are a TypeError", (options) => {
    expect(() => make(1, options)).toThrow(TypeError);
  });

  test("M14: each option is read once, when the socket is made", () => {
    let reads = 0;
    const options = {
      engine: still(),
      get binaryType(): "arraybuffer" {
        reads++;
        return "arraybuffer";
      },
    };
    const socket = new TCPSocket("127.0.0.1", 1, options);
    expect(reads).toBe(1);
    expect(socket.binaryType).toBe("arraybuffer");
    expect(reads).toBe(1);
  });
});
