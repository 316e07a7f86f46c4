/**
 * Chromium, which has no TCP: a page echoes over the loopback host of the package, and plays the conformance
 * scripts on its core. Debian's own, and nothing to drive it: the page comes from a server here, and posts its
 * answers there.
 *
 *   node test/hosts/chromium.mjs vectors < scripts
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PROGRAM = "chromium";
const APT = "/usr/bin/apt-get";
const PATIENCE = 170_000;
const PAGE = `<!doctype html><title>sansock</title>
<script type="importmap">{"imports": {"node:module": "/no-modules.mjs"}}</script><script type="module">
  import { CoreEngine } from "/core-engine.mjs";
  import { play } from "/plain-player.mjs";
  const answers = [];
  try {
    const { echo } = await import("/page-echo.mjs");
    await echo(10_000, await import("/index.js"), await import("/loopback.js"));
    const module = await WebAssembly.compileStreaming(fetch("/core.wasm"));
    const stream = await (await fetch("/scripts")).text();
    for await (const line of play(stream, (sizes) => new CoreEngine(module, sizes))) answers.push(line);
  } catch (error) {
    answers.push("page error " + error);
  }
  await fetch("/answers", { method: "POST", body: answers.join("\\n") + "\\n" });
</script>`;
const FILES = {
  "/core-engine.mjs": ["core-engine.mjs", "text/javascript"],
  "/plain-player.mjs": ["plain-player.mjs", "text/javascript"],
  "/no-modules.mjs": ["no-modules.mjs", "text/javascript"],
  "/page-echo.mjs": ["page-echo.mjs", "text/javascript"],
  "/index.js": ["../../dist/index.js", "text/javascript"],
  "/loopback.js": ["../../dist/loopback.js", "text/javascript"],
  "/core.wasm": ["../../dist/core.wasm", "application/wasm"],
};

export default { name: "chromium", commands: ["vectors"], version, install, command };
if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(await played());

function version() {
  const { status, stdout } = spawnSync(PROGRAM, ["--version"], { encoding: "utf8" });
  if (status === 0) return stdout.trim().split(" ").slice(0, 2).join(" ");
  return mayInstall() ? "to come" : null;
}

function mayInstall() {
  return process.getuid?.() === 0 && existsSync(APT);
}

function install() {
  if (spawnSync(PROGRAM, ["--version"]).status === 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const packages = ["install", "-y", "-qq", "--no-install-recommends", "chromium"];
  for (const args of [["update", "-qq"], packages]) {
    const { status, stderr } = spawnSync(APT, args, { encoding: "utf8", env });
    if (status !== 0) throw new Error(`${APT} ${args.join(" ")}: ${stderr}`);
  }
}

function command(args) {
  return [process.execPath, fileURLToPath(import.meta.url), ...args];
}

/** What the page answers. */
async function played() {
  const scripts = readFileSync(0);
  const profile = mkdtempSync(join(tmpdir(), "sansock-chromium-"));
  const { promise: answers, resolve } = withResolvers();
  const server = createServer((request, response) => reply(request, response, scripts, resolve));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const flags = ["--headless=new", "--disable-gpu", "--no-first-run", `--user-data-dir=${profile}`];
  if (process.getuid?.() === 0) flags.push("--no-sandbox"); // as root it starts in no other way
  const url = `http://127.0.0.1:${server.address().port}/`;
  const browser = spawn(PROGRAM, [...flags, url], { stdio: "ignore", detached: true });
  const gone = once(browser, "exit");
  const deadline = setTimeout(resolve, PATIENCE, "");
  try {
    return await Promise.race([answers, gone.then(() => "")]);
  } finally {
    clearTimeout(deadline);
    end(browser);
    await gone;
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** With all the processes that it has started: they are one group. */
function end(browser) {
  try {
    process.kill(-browser.pid, "SIGKILL");
  } catch {} // it has ended by itself
}

async function reply(request, response, scripts, resolve) {
  const { url, method } = request;
  if (method === "POST") {
    const parts = [];
    for await (const part of request) parts.push(part);
    response.end();
    resolve(Buffer.concat(parts));
  } else if (url === "/") {
    response.setHeader("content-type", "text/html").end(PAGE);
  } else if (url === "/scripts") {
    response.end(scripts);
  } else if (url in FILES) {
    const [file, type] = FILES[url];
    const body = readFileSync(new URL(file, import.meta.url));
    response.setHeader("content-type", type).end(body);
  } else {
    response.writeHead(404).end();
  }
}

function withResolvers() {
  let resolve;
  const promise = new Promise((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
