/** The package as installed, on every Node it is said to run on: all programs end well and silently. */
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { describe, expect, inject, test } from "vitest";

const { project } = inject("packed");
const programs = readdirSync(new URL("programs", import.meta.url));
const nodes = inject("nodes").map((node) => [node.name, node] as const);

describe.for(nodes)("%s", ([, { path, missing }]) => {
  test.for(programs)("%s", (program, { skip }) => {
    if (missing !== undefined) skip(missing);
    const options = { cwd: project, encoding: "utf8", timeout: 20_000 } as const;
    const { status, signal, error, stdout, stderr } = spawnSync(path, [program], options);
    // Silently: a Node that is not settled on require() of ES modules would warn.
    expect({ status, signal, error, stdout, stderr }).toEqual({
      status: 0,
      signal: null,
      error: undefined,
      stdout: "",
      stderr: "",
    });
  });
});

// Node 20 refuses to print what EventTarget's own constructor has not made.
test("a socket can be printed", () => {
  const program = 'console.log(new (require("sansock").TCPSocket)("localhost", 1))';
  const options = { cwd: project, encoding: "utf8", timeout: 20_000 } as const;
  expect(spawnSync(process.execPath, ["-e", program], options).stderr).toBe("");
});
