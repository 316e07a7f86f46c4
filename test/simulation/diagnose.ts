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
  const entries: object[] = [];
  const smallest = await play(new Choices(drawn), Stage.of(seed), (entry) => entries.push(entry));
  const rule = smallest?.message ?? error.message;
  const text = scriptOf(entries, seed, rule).join("\n");
  return `${heading}\nsmallest: ${rule}, drawn [${drawn.join(",")}]\n${text}`;
}
