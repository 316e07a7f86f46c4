/** dnsmasq, as the name server that examples/dns.mjs asks over TCP. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { runExample } from "../support/run-example.ts";
import { INSTALL_MILLISECONDS, need } from "./support/debian.ts";
import { startListening } from "./support/loopback.ts";
import { Program } from "./support/program.ts";

const HOST = "127.0.0.1";
let dnsmasq: Program;
let port = 0;

/** Everything it knows: it reads no files and asks nobody. */
const NAMES = [
  "--host-record=one.example,192.0.2.1",
  "--host-record=two.example,192.0.2.2",
  "--host-record=two.example,192.0.2.3",
  "--cname=alias.example,one.example",
];

beforeAll(async () => {
  const path = await need("dnsmasq", ["dnsmasq-base"]);
  const alone = ["--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--pid-file="];
  ({ program: dnsmasq, port } = await startListening(HOST, (port) => {
    const here = [`--port=${port}`, `--listen-address=${HOST}`, "--bind-interfaces"];
    return new Program(path, ["--keep-in-foreground", "--user=", ...alone, ...here, ...NAMES]);
  }));
}, INSTALL_MILLISECONDS);
afterAll(() => dnsmasq?.stop());

test.each([
  { name: "one.example", addresses: ["192.0.2.1"] },
  { name: "two.example.", addresses: ["192.0.2.2", "192.0.2.3"] },
  { name: "alias.example", addresses: ["192.0.2.1"] },
])("dnsmasq tells examples/dns.mjs the addresses of $name", async ({ name, addresses }) => {
  const { lines, complaints, code } = await runExample("dns", HOST, port, name);
  expect(complaints).toBe("");
  expect(lines.sort()).toEqual(addresses); // it takes turns with them
  expect(code).toBe(0);
});

test("dnsmasq knows nobody else", async () => {
  const { complaints, code } = await runExample("dns", HOST, port, "nobody.example");
  expect(complaints).toMatch(/answers with code [35]/);
  expect(code).toBe(1);
});
