/**
 * Messages over loopback between hosts' programs: a client's through a server and back, or around a ring. The
 * programs are processes; each has a minute.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { framing, TCPServerSocket, TCPSocket } from "../../dist/index.js";

const HOST = "127.0.0.1";
const PATIENCE = 90_000;
const PREFIXED = { framing: framing.lengthPrefixed({ bytes: 4 }) };

const COUNTING = Uint8Array.from({ length: 256 + 1000 }, (_, i) => i);

/** Message `i` of every sender. */
export function messageOf(i) {
  const begin = i & 255;
  return COUNTING.subarray(begin, begin + 1 + ((i * 7919) % 1000));
}

const known = new Map();

/** What `count` messages are: the digest of all their bytes. */
export function messagesOf(count) {
  const digest = createHash("sha256");
  if (!known.has(count)) {
    for (let i = 0; i < count; i++) digest.update(messageOf(i));
    known.set(count, { digest: digest.digest("hex") });
  }
  return known.get(count);
}

/** The program of a host, running. */
class Program {
  #child;
  #name;
  #errors = "";
  #lines;
  #ended;

  constructor(host, ...args) {
    const [path, ...argv] = host.command(args.map(String));
    this.#name = `${host.name} ${args.join(" ")}`;
    this.#child = spawn(path, argv, { stdio: ["pipe", "pipe", "pipe"] });
    this.#child.stderr.setEncoding("utf8").on("data", (text) => {
      this.#errors += text;
    });
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    const deadline = setTimeout(() => this.#child.kill("SIGKILL"), PATIENCE);
    this.#ended = new Promise((resolve) => {
      this.#child.once("error", (error) => resolve(error.message));
      this.#child.once("close", (code, signal) => resolve(signal ?? code));
    }).finally(() => clearTimeout(deadline));
  }

  /** What it prints next, as far as `pattern` wants it. */
  async says(pattern) {
    const { value = "" } = await this.#lines.next();
    const found = pattern.exec(value);
    if (found !== null) return found.slice(1);
    this.#child.kill();
    throw new Error(`${this.#name}: printed "${value}"; ${await this.#ended} ${this.#errors}`);
  }

  /** It ends by itself, well, once it has no input any more. */
  async ends() {
    this.#child.stdin.end();
    const how = await this.#ended;
    if (how !== 0)
      throw new Error(`${this.#name}: ended with ${how}: ${this.#errors.slice(0, 500)}`);
  }

  stop() {
    this.#child.kill("SIGKILL");
  }
}

const LISTENING = /^listening (\d+)$/;
const ANSWER = /^\d+ messages, sha256 ([0-9a-f]{64}), ([\d.]+) messages\/s$/;

/** `client` sends, `server` echoes: { digest, rate }. */
export async function talk(server, client, count) {
  const serving = new Program(server, "serve");
  try {
    const [port] = await serving.says(LISTENING);
    const sending = new Program(client, "send", port, count);
    const [digest, rate] = await sending.says(ANSWER);
    await sending.ends();
    await serving.ends();
    return { digest, rate: Number(rate) };
  } finally {
    serving.stop();
  }
}

/** From here through one relay after another and back here: { digest, rate }. */
export async function ring(relays, count) {
  const { port, arrived } = await origin();
  const programs = [];
  try {
    let next = port;
    for (const host of relays.toReversed()) {
      const program = new Program(host, "relay", next);
      programs.push(program);
      [next] = await program.says(LISTENING);
    }
    const start = performance.now();
    const sender = new TCPSocket(HOST, next, PREFIXED);
    sendAll(sender, count);
    const { digest, received } = await arrived;
    if (received !== count) throw new Error(`${received} of ${count} messages came around`);
    for (const program of programs) await program.ends();
    return { digest, rate: Math.round((count / (performance.now() - start)) * 1000) };
  } finally {
    for (const program of programs) program.stop();
  }
}

function sendAll(socket, count) {
  let sent = 0;
  const pump = () => {
    while (sent < count) if (!socket.send(messageOf(sent++))) return;
    socket.close();
  };
  socket.onopen = pump;
  socket.ondrain = pump;
}

/** Where the ring ends. */
async function origin() {
  const server = new TCPServerSocket(0, { host: HOST, ...PREFIXED });
  const arrived = new Promise((resolve, reject) => {
    const digest = createHash("sha256");
    let received = 0;
    const late = setTimeout(() => reject(new Error(`${received} messages came around`)), PATIENCE);
    server.onconnect = ({ socket }) => {
      server.close();
      socket.onmessages = ({ data: batch }) => {
        for (const message of batch) digest.update(message);
        received += batch.length;
      };
      socket.onerror = ({ error }) => reject(error);
      socket.onclose = () => {
        clearTimeout(late);
        resolve({ digest: digest.digest("hex"), received });
      };
    };
  });
  arrived.catch(() => {});
  await server.listening;
  return { port: server.localPort, arrived };
}
