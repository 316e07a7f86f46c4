/**
 * Before the tests of this project: packs what would be published, installs it into an empty project
 * as a user would, without a network, and sees to the Nodes it is tried on.
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { installNodes, type NodeProgram } from "./nodes.ts";
import { npm } from "./npm.ts";

export interface Packed {
  /** As `npm pack` lists them, sorted. */
  readonly files: readonly string[];
  readonly unpackedBytes: number;
  /** The project that has the tarball installed, with programs/ copied into it. */
  readonly project: string;
}

declare module "vitest" {
  interface ProvidedContext {
    packed: Packed;
    nodes: NodeProgram[];
  }
}

interface PackReport {
  readonly filename: string;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

export default function setup({ config, provide }: TestProject): () => void {
  const { root } = config;
  const folder = mkdtempSync(join(tmpdir(), "sansock-package-"));
  const project = join(folder, "project");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "private": true }\n');

  const pack = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
  const [report] = JSON.parse(npm(pack, root)) as [PackReport];
  const tarball = join(folder, report.filename);
  npm(["install", "--offline", "--no-audit", "--no-fund", tarball], project);
  cpSync(join(root, "test/package/programs"), project, { recursive: true });

  const files = report.files.map(({ path }) => path).sort();
  provide("packed", { files, unpackedBytes: report.unpackedSize, project });
  provide("nodes", installNodes(root));
  return () => rmSync(folder, { recursive: true, force: true });
}
