/**
 * Another commit's sansock beside this one's, in the same rounds: its tree is laid out in a temporary
 * git worktree under build/, set up as any fresh clone is, and measured with the questions of this one.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const FOLDER = fileURLToPath(new URL("../build/against/", import.meta.url));

/** Builds a commit, for as long as this process runs; returns { commit, dist }. */
export function build(name) {
  const commit = run("git", ["rev-parse", "--short=12", "--verify", `${name}^{commit}`]);
  const tree = `${FOLDER}${commit}`;
  const remove = () => spawnSync("git", ["worktree", "remove", "--force", tree], { cwd: ROOT });
  mkdirSync(FOLDER, { recursive: true });
  remove(); // of a run that was ended
  run("git", ["worktree", "prune"]);
  process.once("exit", remove); // also when it is interrupted; twice does no harm
  run("git", ["worktree", "add", "--detach", "--quiet", tree, commit]);
  run(process.execPath, ["scripts/setup.mjs"], tree);
  return { commit, dist: pathToFileURL(`${tree}/dist/`) };
}

/** The sides that are sansock, each compared with the same side of the other build. */
export function besides(question, { commit, dist }) {
  const own = Object.entries(question.sides).filter(([name, side]) => isSansock(name, side));
  const sides = own.flatMap(([name, side]) => {
    const other = `${name} @ ${commit}`;
    return [
      [name, { ...side, versus: other }],
      [other, { ...side, as: name, dist, versus: other }],
    ];
  });
  return { ...question, floors: [], sides: Object.fromEntries(sides) };
}

/** linear's sides are framings of the core. */
function isSansock(name, { framing }) {
  return name.startsWith("sansock") || framing !== undefined;
}

function run(command, words, cwd = ROOT) {
  const { status, stdout, stderr, error } = spawnSync(command, words, { cwd, encoding: "utf8" });
  if (status === 0) return stdout.trim();
  const why = error?.message ?? `${stdout}${stderr}`.trim();
  throw new Error(`${command} ${words.join(" ")}: ${why}`);
}
