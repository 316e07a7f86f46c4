/**
 * The top level stays small: what may lie there is a closed list. Asks git for tracked and new
 * files; in a tree without git (an unpacked archive) it looks at the folder and skips what
 * .gitignore names.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ALLOWED = new Set([
  ...["package.json", "tsconfig.json", "asconfig.json", "assembly", "bindings", "host", "test"],
  ...["README.md", "CHANGELOG.md", "LICENSE", "package-lock.json", "biome.json"],
  ...["bench", "docs", "examples", "scripts"],
]);
const ROOT = fileURLToPath(new URL("..", import.meta.url));

function topLevel(): Set<string> {
  try {
    const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    const files = execFileSync("git", args, { cwd: ROOT, encoding: "utf8", stdio: "pipe" });
    return new Set(files.split("\0").flatMap((file) => (file ? [file.replace(/\/.*/s, "")] : [])));
  } catch {
    const ignored = readFileSync(`${ROOT}/.gitignore`, "utf8").split("\n");
    return new Set(readdirSync(ROOT).filter((name) => !ignored.includes(`${name}/`)));
  }
}

test("the top level holds only the files and folders of the layout", () => {
  const strangers = [...topLevel()].filter((name) => !ALLOWED.has(name) && !name.startsWith("."));
  expect(strangers, "docs/architecture.md says where things go").toEqual([]);
});
