/**
 * TLS and STARTTLS in a loopback network that is stepped: an engine, a server, a client, and, where it
 * is asked for, somebody in the middle who sees the line and may add to it.
 */
import {
  Engine,
  framing,
  type ServerSocketOptions,
  type SocketOptions,
  TCPServerSocket,
  TCPSocket,
} from "../../../bindings/index.ts";
import { type Faults, Loopback, type RawPeer } from "../../../host/loopback/index.ts";
import { text } from "./bytes.ts";
import { Watch } from "./watch.ts";

const SERVER = { cert: "name=localhost,issuer=test", key: "any" };
const CLIENT = { ca: "test" };
export const LINES = { framing: framing.lines({ eol: "\n" }) };

/** What a run with no deadline in it takes at most. */
const SHORT = 1000;
const PORT = 25;
const BEHIND = 26;

/** What a man in the middle sees and does. */
export interface Tap {
  /** Everything on the line, one char per byte. */
  up: string;
  down: string;
  /** What to add behind each piece that passes. */
  alter?: () => string;
}

export class Rig {
  readonly net: Loopback;
  readonly engine: Engine;
  readonly tap: Tap = { up: "", down: "" };
  readonly #tapped: boolean;
  /** By the order in which they were accepted. */
  readonly accepted: Watch[] = [];

  constructor(faults: Partial<Faults> = {}, { seed = 1, tapped = false, capacity = 262_144 } = {}) {
    this.net = new Loopback({ seed, virtual: true, reads: "mixed", capacity, faults });
    this.engine = new Engine({ host: this.net, memoryBytes: 8 << 20 });
    this.#tapped = tapped;
    if (tapped) this.net.listenRaw(PORT, (peer) => this.#relay(peer));
  }

  /** A server of the engine; `connected` sees each socket first. */
  serve(
    options: ServerSocketOptions,
    connected: (watch: Watch) => void = () => {},
  ): TCPServerSocket {
    const port = this.#tapped ? BEHIND : PORT;
    const server = new TCPServerSocket(port, { engine: this.engine, tls: SERVER, ...options });
    server.onconnect = ({ socket }) => {
      const watch = new Watch(socket as TCPSocket);
      this.accepted.push(watch);
      connected(watch);
    };
    return server;
  }

  open(options: SocketOptions = {}): Watch {
    const { engine } = this;
    return new Watch(new TCPSocket("localhost", PORT, { engine, tls: CLIENT, ...options }));
  }

  /** A bare server; `said` is what it says, each so many milliseconds after it was connected to. */
  say(...said: readonly (readonly [after: number, text: string])[]): RawPeer[] {
    const peers: RawPeer[] = [];
    this.net.listenRaw(PORT, (peer) => {
      peers.push(peer);
      for (const [after, text] of said) this.net.timer(after, () => peer.write(text));
    });
    return peers;
  }

  run(until = SHORT): Promise<void> {
    return this.net.run(until);
  }

  #relay(left: RawPeer): void {
    const right = this.net.connectRaw(BEHIND);
    const join = (way: "up" | "down", from: RawPeer, to: RawPeer): void => {
      from.onbytes = (bytes) => {
        this.tap[way] += text(bytes);
        to.write(bytes);
        to.write(this.tap.alter?.() ?? "");
      };
      from.onend = () => to.end();
      from.onclose = () => to.destroy();
    };
    join("up", left, right);
    join("down", right, left);
  }
}

/** A server's part of STARTTLS, by lines: it greets, obeys once, and echoes what is secure. */
export function startTlsServer(heard: string[]): (watch: Watch) => void {
  return ({ socket }) => {
    socket.send("220 ready");
    socket.addEventListener("data", ({ data }) => {
      heard.push(String(data));
      if (data !== "STARTTLS") {
        socket.send(`echo ${data}`);
        return;
      }
      socket.send("220 go ahead");
      socket.upgradeToSecure();
      socket.send("250 secure");
    });
  };
}

/** A client's part; sends `secret` once it may. */
export function startTlsClient({ socket }: Watch, heard: string[], secret = "secret"): void {
  socket.addEventListener("data", ({ data }) => {
    heard.push(String(data));
    if (data === "220 ready") socket.send("STARTTLS");
    if (data === "220 go ahead") {
      socket.upgradeToSecure();
      socket.send(secret);
    }
    if (data === `echo ${secret}`) socket.close();
  });
}
