import { AsyncLocalStorage } from "node:async_hooks";
import { expect, test } from "vitest";
import { TCPServerSocket, TCPSocket } from "../../bindings/index.ts";
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
