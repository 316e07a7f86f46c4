/** pylsp, as the language server that examples/lsp.mjs asks what it can do. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { runExample } from "../support/run-example.ts";
import { INSTALL_MILLISECONDS, need, PEER_TEST_MILLISECONDS } from "./support/debian.ts";
import { startListening } from "./support/loopback.ts";
import { Program } from "./support/program.ts";

const HOST = "127.0.0.1";
let pylsp: Program;
let port = 0;

beforeAll(async () => {
  const path = await need("pylsp", ["python3-pylsp"]);
  ({ program: pylsp, port } = await startListening(HOST, (port) => {
    return new Program(path, ["--tcp", "--host", HOST, "--port", `${port}`]);
  }));
}, INSTALL_MILLISECONDS);
afterAll(() => pylsp?.stop());

test(
  "pylsp tells examples/lsp.mjs its capabilities",
  async () => {
    const { lines, complaints, code } = await runExample("lsp", HOST, port);
    expect(complaints).toBe("");
    expect(lines).toContain("completionProvider");
    expect(lines).toContain("textDocumentSync");
    expect(code).toBe(0);
  },
  PEER_TEST_MILLISECONDS,
);
