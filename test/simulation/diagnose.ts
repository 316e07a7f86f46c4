/**
 * What somebody needs who has a failing seed: that it fails alike each time, the smallest schedule
 * that breaks the same rule, and its script.
 */
import { Choices } from "./choices.ts";
import { scriptOf } from "./script.ts";
import { ruleOf, Shrinker } from "./shrink.ts";
import { type Failure, GROUP, play, repeat, Stage } from "./simulate.ts";

/** A text for people. */
export async function diagnose(failure: Failure): Promise<string> {
  const { seed, error } = failure;
  const heading = `seed ${seed}: ${error.message}`;
  const first: object[] = [];
  const second: object[] = [];
  const again = await repeat(seed, (entry) => first.push(entry));
  if (again === null) return `${heading}\nIt does not happen again: something is not of the seed.`;
  await repeat(seed, (entry) => second.push(entry));
  if (JSON.stringify(first) !== JSON.stringify(second)) {
    return `${heading}\nIt happens differently each time: something is not of the seed.`;
  }
  const alone = await play(new Choices(again.drawn), Stage.of(seed));
  if (alone === null || ruleOf(alone) !== ruleOf(error)) {
    return `${heading}\nIt happens only behind the ${seed % GROUP} seeds before it in its group.`;
  }
  const drawn = await new Shrinker(again).shrink();
  return `${heading}\nsmallest:\n${await scriptFor(seed, drawn)}`;
}

/** The script of a schedule, whose last line is what it was made from. */
export async function scriptFor(seed: number, drawn: readonly number[]): Promise<string> {
  const entries: object[] = [];
  const error = await play(new Choices(drawn), Stage.of(seed), (entry) => entries.push(entry));
  const lines = scriptOf(entries, seed, error?.message ?? "nothing");
  return [...lines, `${DRAWN}${JSON.stringify({ seed, drawn })}`].join("\n");
}

/** Plays what a script was made from, and says how it goes now. */
export async function replayScript(text: string): Promise<string> {
  const lines = text.trimEnd().split("\n");
  const last = lines.findLast((line) => line.startsWith(DRAWN));
  if (last === undefined) throw new Error(`the script has no line that begins with "${DRAWN}"`);
  const { seed, drawn } = JSON.parse(last.slice(DRAWN.length)) as Origin;
  const played = (await scriptFor(seed, drawn)).split("\n");
  const from = lines.findIndex((line) => line.startsWith('{"sansock"'));
  const differs = played.findIndex((line, at) => line !== lines[from + at]);
  if (differs < 0) return `the same to the bit: ${played.at(-2)}`;
  return `other from line ${from + differs + 1} on:\n${played.slice(differs).join("\n")}`;
}

interface Origin {
  readonly seed: number;
  readonly drawn: readonly number[];
}

const DRAWN = "// drawn: ";
