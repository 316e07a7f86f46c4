/**
 * What of test/vectors embedders vendor, with hashes: `sha256sum -c vectors.lock` in the folder says
 * whether a copy is whole and unchanged.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sha256 } from "./bytes.ts";

export const FOLDER = fileURLToPath(new URL("../../vectors/", import.meta.url));

/** The scripts, the schema, the digests: `<sha256>  <path>` a line, by path. */
export function lockLines(): string[] {
  const paths = readdirSync(FOLDER, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => /\.(ndjson|json|txt)$/.test(path));
  return paths.sort().map((path) => `${sha256(readFileSync(FOLDER + path))}  ${path}`);
}
