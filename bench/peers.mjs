/**
 * Packages of others that do what sansock does, or a part of it, for the sides that use them.
 */
import { installed, loadFrom } from "./packages.mjs";

let found;

/** What such a side needs: {} or { missing }. */
export function peers() {
  found ??= installed("peers");
  return found.missing ? { missing: found.missing } : {};
}

/** The module of a package in peers/package.json. */
export function peer(name) {
  return loadFrom("peers", name);
}
