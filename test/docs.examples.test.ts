/**
 * Every example runs: those of the docstrings, of README.md and of docs/. A program that does not
 * come to its end, or does not print what its comments say, fails here.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import net from "node:net";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type Example, examplesOf, print, read, saidBy } from "./support/examples.ts";

const ROOT = new URL("..", import.meta.url);
const FOLDERS = ["bindings/", "host/", "host/node/", "host/loopback/"];
const PAGES = ["README.md", ...sources("docs/", ".md")];

function sources(folder: string, ending: string): string[] {
  const names = readdirSync(new URL(folder, ROOT)).filter((name) => name.endsWith(ending));
  return names.map((name) => `${folder}${name}`);
}

const docstrings = FOLDERS.flatMap((folder) => sources(folder, ".ts")).flatMap(examplesOf);
const pages = PAGES.flatMap(examplesOf);

/** By what an example of a page contains: it is cut out of something longer, which stands here. */
const AROUND: Record<string, { before: string; after: string; prints: string[] }> = {
  "total += batch.bytes.length": {
    before: `
      import { TCPServerSocket, TCPSocket } from "sansock";
      let total = 0;
      const server = new TCPServerSocket(0);
      server.onconnect = ({ socket: accepted }) => accepted.send("hello");
      const socket = new TCPSocket("localhost", server.localPort);`,
    after: `
      await socket.opened;
      while (total < 5) await new Promise(setImmediate);
      console.log(total);
      socket.close();
      server.close();`,
    prints: ["5"],
  },
  "batch.stopAfter(i); // what stands behind it": {
    before: `
      import { framing, TCPServerSocket, TCPSocket } from "sansock";
      import { makeCertificate } from "./scripts/certificate.mjs";
      const { cert, key, ca } = await makeCertificate();
      const server = new TCPServerSocket(0, { framing: framing.lines(), tls: { cert, key } });
      server.onconnect = ({ socket: accepted }) => {
        accepted.send("214 help");
        accepted.send("220 go ahead");
        accepted.upgradeToSecure();
        accepted.send("over TLS");
        accepted.close();
        server.close();
      };
      const socket = new TCPSocket("localhost", server.localPort, { framing: framing.lines(), tls: { ca } });`,
    after: `
      const first = socket.onmessages;
      socket.onmessages = function (event) {
        if (!socket.ssl) first.call(this, event);
        else console.log(Buffer.from(event.data.at(0)).toString());
      };
      await socket.closed;`,
    prints: ["over TLS"],
  },
  "imap.example": {
    before: `
      import { framing, TCPSocket } from "sansock";
      const asked = true;`,
    after: `
      for (const one of [socket, mail]) one.closeImmediately();
      socket.onclose = () => console.log("closed");`,
    prints: ["closed"],
  },
  "const pinned = (pin)": {
    before: `import { TCPServerSocket, TCPSocket } from "sansock";`,
    after: `
      import { makeCertificate } from "./scripts/certificate.mjs";
      const { cert, key, ca } = await makeCertificate();
      const server = new TCPServerSocket(0, { useSecureTransport: true, tls: { cert, key } });
      const spki = new X509Certificate(cert).publicKey.export({ type: "spki", format: "der" });
      for (const pin of [createHash("sha256").update(spki).digest("base64"), "another"]) {
        const socket = new TCPSocket("localhost", server.localPort, {
          useSecureTransport: true,
          tls: { ca, checkServerIdentity: pinned(pin) },
        });
        await socket.opened.then(() => console.log("open"), ({ name }) => console.log(name));
        socket.close();
      }
      server.close();`,
    prints: ["open", "SecurityError"],
  },
  "new Loopback({ seed: 7": {
    before: "",
    after: `
      socket.onerror = ({ name }) => console.log(name);`,
    prints: ["ConnectionRefusedError"],
  },
};

describe("docstrings", () => {
  test.each(docstrings.map((example) => [example.at, example] as const))(
    "the example at %s prints what it says",
    async (_, example) => {
      expect(saidBy(example), "it says something").not.toEqual([]);
      expect(await print(example)).toEqual(saidBy(example));
    },
  );

  // The others are a line each, or a handler of one of these.
  test.each([
    ...["TCPSocket", "opened", "closed", "drained", "send", "suspend", "resume", "close"],
    ...["halfClose", "TCPServerSocket", "listening", "Engine", "drain", "stats", "MessageBatch"],
    ...["TCPSocketError", "mozTCPSocket", "install", "Loopback"],
  ])("%s has an example", (name) => {
    const head = new RegExp(`\`\`\`\\n *\\*/\\n.*\\b${name}\\b`);
    const files = [...new Set(docstrings.map(({ at }) => at.replace(/:.*/, "")))];
    expect(files.filter((file) => head.test(read(file)))).not.toEqual([]);
  });
});

describe("pages", () => {
  const whole = pages.filter((example) => saidBy(example).length > 0);
  const parts = pages.filter((example) => saidBy(example).length === 0);
  const server = parts.filter(({ code }) => code.includes("for await (const socket of new"));

  test.each(whole.map((example) => [example.at, example] as const))(
    "the example at %s prints what it says",
    async (_, example) => {
      expect(await print(example)).toEqual(saidBy(example));
    },
  );

  test.each(parts.filter((part) => !server.includes(part)).map((part) => [part.at, part] as const))(
    "the part of a program at %s runs in one",
    async (_, { code }) => {
      const [, around] = Object.entries(AROUND).find(([text]) => code.includes(text)) ?? [];
      expect(around, "say in AROUND what stands around it").toBeDefined();
      const { before = "", after = "", prints = [] } = around ?? {};
      expect(await print({ code: `${code}\n${after}` }, before)).toEqual(prints);
    },
  );

  test.each(server.map((example) => [example.at, example] as const))(
    "the server at %s answers until it is stopped",
    async (_, example) => expect(await echoOf(example, "hello")).toBe("hello"),
  );
});

/** What a program that listens on the port it names, here another, sends back. */
async function echoOf({ code }: Example, text: string): Promise<string> {
  const told = code
    .replace(/\b8025\b/, "0")
    .replace(/new TCPServerSocket\([^)]*\)/, "(server = $&)");
  const program = `
    import { TCPServerSocket } from "sansock";
    let server;
    const told = () => (server?.localPort ? console.log(server.localPort) : setImmediate(told));
    told();
    ${told}`;
  const options = { cwd: fileURLToPath(ROOT) };
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], options);
  try {
    const [line] = await once(child.stdout, "data");
    const socket = net.connect(Number(line), "localhost", () => socket.write(text));
    const [bytes] = await once(socket, "data");
    socket.destroy();
    return String(bytes);
  } finally {
    child.kill();
  }
}
