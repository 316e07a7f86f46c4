/** Python's smtplib, whose mail examples/starttls-server.mjs takes under TLS, and not before. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { pathOf } from "../support/run-example.ts";
import { INSTALL_MILLISECONDS, need } from "./support/debian.ts";
import { Program } from "./support/program.ts";
import { stoppedAfterwards } from "./support/programs.ts";
import { scratchFolder } from "./support/scratch.ts";
import { type TlsFiles, tlsFiles } from "./support/tls-files.ts";

/** `port ca text`: hands the text in, first without TLS. Prints what it learns. */
const SENDER = `
import smtplib, ssl, sys
port, ca, text = sys.argv[1:]
with smtplib.SMTP("localhost", int(port), "client.example", timeout=20) as smtp:
    try:
        smtp.sendmail("a@client.example", ["b@mail.example"], text)
    except smtplib.SMTPResponseException as refusal:
        print("refused", refusal.smtp_code)
    print(smtp.has_extn("starttls"), end=" ")
    smtp.starttls(context=ssl.create_default_context(cafile=ca))
    smtp.ehlo()
    print(smtp.has_extn("starttls"), smtp.sock.version())
    smtp.sendmail("a@client.example", ["b@mail.example"], text)
`;

const folder = scratchFolder();
const stopped = stoppedAfterwards();
let python: string;
let files: TlsFiles;
let server: Program;
let port = "";

beforeAll(async () => {
  python = await need("python3", ["python3"]);
  files = await tlsFiles(folder);
  const { certFile, keyFile } = files;
  const args = [pathOf("starttls-server"), "localhost", "0", certFile, keyFile];
  server = new Program(process.execPath, args);
  port = (await server.prints(/port (\d+)/))[1] ?? "";
}, INSTALL_MILLISECONDS);
afterAll(() => server?.stop());

test("smtplib hands in a mail, in TLS", async () => {
  const text = "Subject: hello\n\n.\nlines\n..dots\n";
  const sender = stopped(new Program(python, ["-c", SENDER, port, files.caFile, text]));
  await sender.output();
  await sender.prints(/^refused 530\nTrue False TLSv1\.3\n$/);
  await server.prints(/^listening on port \d+\nSubject: hello\n\n\.\nlines\n\.\.dots\n/);
});

test("smtplib that does not trust us hands in nothing", async () => {
  const stranger = await tlsFiles(folder, "selfSigned");
  const text = "Subject: for somebody else";
  const sender = stopped(new Program(python, ["-c", SENDER, port, stranger.certFile, text]));
  await expect(sender.output()).rejects.toThrow(/CERTIFICATE_VERIFY_FAILED/);
  await server.prints(/SecurityError\n$/);
  await expect(server.prints(/somebody else|$/)).resolves.toMatchObject({ 0: "" });
});
