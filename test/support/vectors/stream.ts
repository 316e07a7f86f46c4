/**
 * The scripts as one stream of lines, for hosts that play them from their standard input, and the
 * verdict on what they answer. scripts/vectors.mjs is its command line.
 *
 * A stream is scripts one after the other; each begins with its header. Variants are scripts of their
 * own, `lines/crlf#3`, and have the digest of the script they are made of.
 */
import { readFileSync } from "node:fs";
import { sha256 } from "./bytes.ts";
import { FOLDER } from "./lock.ts";
import { readScripts, type Script } from "./script.ts";
import { type Variant, variantsOf } from "./variants.ts";

const SEED = 1;

/** Every script, or every variant of every script, as it is written. */
export function* texts(splits: boolean): Generator<string> {
  for (const script of readScripts()) {
    const variants = splits ? variantsOf(script, SEED) : [{ ...script, name: "whole" }];
    for (const [index, variant] of variants.entries()) yield textOf(variant, index);
  }
}

function textOf({ name, header, steps, handlers }: Variant, index: number): string {
  const own = index === 0 ? {} : { id: `${header.id}#${index}`, about: name, split: "none" };
  const lines = steps.flatMap(({ operation, expected, states }) => {
    return [operation, ...expected, ...states];
  });
  return [{ ...header, ...own }, ...handlers, ...lines]
    .map((line) => JSON.stringify(line))
    .join("\n");
}

export interface Verdict {
  passed: number;
  failures: string[];
  skips: string[];
  /** Of the digests of all scripts that passed; where none is missing, the last of digests.txt. */
  digest: string;
}

/** What a host has answered, a line a script: `<id> <digest>`, `<id> skip <why>`, `<id> error <what>`. */
export function judge(answers: string, splits: boolean): Verdict {
  const locked = new Map(linesOf(readFileSync(`${FOLDER}digests.txt`, "utf8")).map(twoOf));
  const given = new Map(linesOf(answers).map(twoOf));
  const verdict: Verdict = { passed: 0, failures: [], skips: [], digest: "" };
  const lines: string[] = [];
  for (const id of ids(splits)) {
    const answer = given.get(id);
    given.delete(id);
    const script = id.replace(/#\d+$/, "");
    if (answer !== undefined && answer === locked.get(script)) {
      verdict.passed++;
      if (id === script) lines.push(`${id} ${answer}\n`);
    } else if (answer?.startsWith("skip ") === true) {
      verdict.skips.push(`${id}: ${answer.slice(5)}`);
    } else {
      verdict.failures.push(`${id}: ${answer === undefined ? "no answer" : said(answer)}`);
    }
  }
  verdict.failures.push(...[...given.keys()].map((id) => `${id}: nobody asked`));
  verdict.digest = sha256(lines.join(""));
  return verdict;
}

function said(answer: string): string {
  return answer.startsWith("error ") ? answer.slice(6) : `another digest, ${answer}`;
}

function ids(splits: boolean): string[] {
  return readScripts().flatMap((script: Script) => {
    const count = splits ? variantsOf(script, SEED).length : 1;
    const { id } = script.header;
    return Array.from({ length: count }, (_, index) => (index === 0 ? id : `${id}#${index}`));
  });
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line !== "");
}

function twoOf(line: string): [id: string, rest: string] {
  const at = line.indexOf(" ");
  return at < 0 ? [line, ""] : [line.slice(0, at), line.slice(at + 1)];
}
