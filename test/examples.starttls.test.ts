/**
 * The programs of examples/ that know STARTTLS do what it says, and say nothing in secret to who has
 * said too much before. Their peers are node:tls; real servers are met in test/peers/.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Certificate, certificate } from "./support/certificates.ts";
import { pathOf, runExample } from "./support/run-example.ts";
import { scriptedPeer } from "./support/scripted-peer.ts";
import { STARTTLS } from "./support/starttls-conversations.ts";

const HOST = "127.0.0.1";
let folder: string;
let made: Certificate;
const file = (name: keyof Certificate): string => join(folder, `${name}.pem`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sansock-"));
  made = await certificate();
  for (const name of ["cert", "key", "ca"] as const) writeFileSync(file(name), made[name]);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([
  { how: "whole", pieceBytes: Infinity },
  { how: "byte by byte", pieceBytes: 1 },
])("answered $how", ({ pieceBytes }) => {
  test.concurrent.each(STARTTLS)("$example: $about", async (conversation) => {
    const { example, args = [], parts, clear, prints, complains } = conversation;
    const { cert, key } = made;
    const turn = clear === undefined ? undefined : { parts: clear, cert, key };
    const peer = await scriptedPeer(parts, { pieceBytes, turn });
    const outcome = await runExample(example, HOST, peer.port, ...args, file("ca"));
    expect(outcome.complaints).toMatch(complains ?? /^$/);
    expect(outcome).toMatchObject({ lines: prints, code: complains === undefined ? 0 : 1 });
    const expected = Buffer.concat(parts.map(([hears]) => hears)).toString("latin1");
    const heard = (await peer.heard).toString("latin1");
    expect(heard.slice(0, expected.length)).toBe(expected);
    // A handshake may follow that failed, but no word.
    expect(heard.slice(expected.length)).not.toMatch(/EHLO|LOGIN|STATUS|MAIL/);
  });

  test.concurrent.each([
    { example: "starttls-smtp", index: 0 },
    { example: "starttls-imap", index: 3 },
  ])("$example says nothing to whom it cannot verify", async ({ example, index }) => {
    const { args = [], parts, clear = 0 } = STARTTLS[index] as (typeof STARTTLS)[number];
    const { cert, key } = await certificate("wrongName");
    const peer = await scriptedPeer(parts, { pieceBytes, turn: { parts: clear, cert, key } });
    const outcome = await runExample(example, HOST, peer.port, ...args, file("ca"));
    expect(outcome.complaints).toMatch(/SecurityCertificateDomainMismatchError/);
    expect(outcome).toMatchObject({ lines: [""], code: 1 });
    const expected = Buffer.concat(parts.slice(0, clear).map(([hears]) => hears));
    expect(String(await peer.heard)).toBe(String(expected));
  });
});

describe("starttls-server", () => {
  let server: ChildProcess;
  let port = 0;
  let printed = "";
  beforeAll(async () => {
    const args = [pathOf("starttls-server"), HOST, "0", file("cert"), file("key")];
    server = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    server.stdout?.on("data", (text) => {
      printed += text;
    });
    const listening = /^listening on port \d+\n$/;
    await vi.waitFor(() => expect(printed).toMatch(listening), { timeout: 10_000 });
    port = Number(printed.match(/\d+/));
  });
  afterAll(() => server.kill());

  /** What comes back, when as many lines have. */
  async function answers(socket: net.Socket, said: string, count: number): Promise<string[]> {
    socket.write(said);
    let heard = "";
    while (heard.split("\r\n").length <= count) {
      const [bytes] = await Promise.race([once(socket, "data"), once(socket, "end")]);
      if (bytes === undefined) break;
      heard += bytes;
    }
    return heard.split("\r\n").slice(0, -1);
  }

  async function dial(): Promise<net.Socket> {
    const socket = net.connect(port, HOST);
    expect(await answers(socket, "", 1)).toEqual(["220 mail.example ESMTP"]);
    return socket;
  }

  test("takes mail in TLS, and none before", async () => {
    const clear = await dial();
    const first = "EHLO a\r\nMAIL FROM:<a@b>\r\nDATA\r\n";
    const refused = ["250-mail.example", "250 STARTTLS", "530 not now", "530 not now"];
    expect(await answers(clear, first, 4)).toEqual(refused);
    expect(await answers(clear, "STARTTLS\r\n", 1)).toEqual(["220 go ahead"]);
    const socket = tls.connect({ socket: clear, ca: made.ca, servername: "localhost" });
    await once(socket, "secureConnect");
    const greeted = ["250-mail.example", "250 8BITMIME"];
    expect(await answers(socket, "EHLO a\r\n", 2)).toEqual(greeted);
    expect(await answers(socket, "MAIL FROM:<a@b>\r\nRCPT TO:<b@a>\r\nDATA\r\n", 3)).toEqual([
      ...["250 ok", "250 ok", "354 go on"],
    ]);
    const mail = "Subject: a\r\n\r\n..\r\nQUIT\r\n.\r\n";
    expect(await answers(socket, mail, 1)).toEqual(["250 printed"]);
    expect(await answers(socket, "QUIT\r\n", 1)).toEqual(["221 bye"]);
    await expect.poll(() => printed).toContain("Subject: a\n\n.\nQUIT\n");
  });

  test("leaves who says more in plaintext than STARTTLS, and others are served", async () => {
    const other = await dial();
    const socket = await dial();
    const heard = await answers(socket, "STARTTLS\r\nMAIL FROM:<a@b>\r\n", 3);
    expect(heard.join()).not.toMatch(/250|530/);
    await expect.poll(() => printed).toContain("SecurityError\n");
    expect(await answers(other, "QUIT\r\n", 1)).toEqual(["221 bye"]);
  });
});
