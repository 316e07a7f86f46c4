/** mosquitto, as the broker that examples/mqtt.mjs subscribes at and publishes to. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { runExample } from "../support/run-example.ts";
import { INSTALL_MILLISECONDS, need } from "./support/debian.ts";
import { startListening } from "./support/loopback.ts";
import { Program } from "./support/program.ts";
import { scratchFolder } from "./support/scratch.ts";

const HOST = "127.0.0.1";
const folder = scratchFolder();
let mosquitto: Program | undefined;
afterEach(() => mosquitto?.stop());

async function start(anonymous: boolean): Promise<number> {
  const path = await need("mosquitto", ["mosquitto"]);
  const { program, port } = await startListening(HOST, (port) => {
    const file = join(folder, "mosquitto.conf");
    const lines = [`listener ${port} ${HOST}`, `allow_anonymous ${anonymous}`, "persistence false"];
    writeFileSync(file, `${lines.join("\n")}\n`);
    return new Program(path, ["-c", file]);
  });
  mosquitto = program;
  return port;
}

test(
  "mosquitto gives back what examples/mqtt.mjs publishes",
  async () => {
    const { lines, complaints, code } = await runExample("mqtt", HOST, await start(true));
    expect(complaints).toBe("");
    expect({ lines, code }).toEqual({ lines: ["greetings/sansock: grüß dich"], code: 0 });
  },
  INSTALL_MILLISECONDS,
);

test("mosquitto that wants a name refuses", async () => {
  const { complaints, code } = await runExample("mqtt", HOST, await start(false));
  expect(complaints).toContain("Error: refused: 5");
  expect(code).toBe(1);
});
