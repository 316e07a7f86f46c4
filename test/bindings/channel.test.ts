import { AsyncLocalStorage } from "node:async_hooks";
import { expect, test } from "vitest";
import { Engine, TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
import { Loopback } from "../../host/loopback/index.ts";
import { next } from "../support/hosts.ts";

test("events run in the async context of their socket, whoever causes them", async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen: string[] = [];
  const note = (where: string): void => {
    seen.push(`${where} in ${storage.getStore()}`);
  };
  const server = storage.run("server", () => new TCPServerSocket(0));
  server.onconnect = ({ socket }) => {
    note("connect");
    (socket as TCPSocket).ondata = () => note("accepted data");
    (socket as TCPSocket).onclose = () => note("accepted close");
  };
  const make = (name: string): TCPSocket =>
    storage.run(name, () => new TCPSocket("localhost", server.localPort));
  const [one, two] = [make("one"), make("two")];
  await Promise.all([next(one, "open"), next(two, "open")]);
  one.onclose = () => note("one close");
  two.onclose = () => {
    note("two close");
    one.close();
  };
  one.ondrain = () => {
    note("one drain");
    two.close(); // two sockets closing each other
  };
  const over = next(one, "close");
  two.send("x");
  storage.run("elsewhere", () => one.send(new Uint8Array(100_000)));
  await over;
  expect(seen.filter((line) => line.startsWith("one"))).toEqual([
    "one drain in one",
    "one close in one",
  ]);
  expect(seen).toContain("two close in two");
  expect(seen.filter((line) => /^(connect|accepted)/.test(line))).not.toEqual([]);
  for (const line of seen) {
    if (/^(connect|accepted)/.test(line)) expect(line).toMatch(/in server$/);
  }
  server.close();
});

test("an upgrade begins behind a copy of several whole windows", async () => {
  const engine = new Engine({ host: new Loopback(), windowBytes: 16384 });
  const tls = { cert: "name=localhost,issuer=test", key: "any" };
  const server = new TCPServerSocket(0, { engine, tls });
  const client = new TCPSocket("localhost", server.localPort, { engine, tls: { ca: "test" } });
  client.onopen = () => client.send(new Uint8Array(4 * 16384));
  client.ondata = ({ data }) => {
    expect(data).toBe("go ahead");
    client.upgradeToSecure();
  };
  const { socket } = (await next(server, "connect")) as Event & { socket: TCPSocket };
  const secured = new Promise<void>((resolve, reject) => {
    socket.ondata = () => {
      if (socket.bytesReceived < 4 * 16384) return;
      socket.send("go ahead");
      socket.upgradeToSecure().then(resolve, reject);
    };
  });
  await secured;
  expect(socket.tlsInfo?.protocol).toBe("TLSv1.3");
  await engine.drain(0);
});

test("unref lets the program end, ref keeps it", async () => {
  const { execFileSync } = await import("node:child_process");
  const entry = new URL("../../dist/index.js", import.meta.url).href;
  const program = `
    import { TCPServerSocket, TCPSocket } from ${JSON.stringify(entry)};
    const server = new TCPServerSocket(0).unref();
    server.onconnect = ({ socket }) => socket.unref();
    const socket = new TCPSocket("localhost", server.localPort);
    socket.onopen = () => { socket.ref().unref(); console.log("open"); };
  `;
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
    timeout: 10_000,
  });
  expect(printed).toBe("open\n");
});
