/**
 * Does memory grow? Instead of rounds, each side that is sansock repeats a question for minutes, in the
 * same process, and tells what it holds after collecting its garbage. All sides run at once: it is
 * memory that counts here, not time. growth.mjs judges. V8 gives young objects as much room as it finds they
 * need, up to 48 MiB, over minutes; here it has one size, or that alone would look like growth.
 */
import { judged } from "./growth.mjs";
import { listen, sample, startPair, stop } from "./rounds.mjs";

const READINGS = 50;
const ENOUGH = 5;
const FLAGS = ["--expose-gc", "--min-semi-space-size=4", "--max-semi-space-size=4"];

/**
 * @param questions as asked, with their sides
 * @param minutes how long
 * @param step (text) => called for each reading
 * @returns [{ question, side, first, last, rounds, readings: [{ seconds, rss, heap, engine }], holds }],
 *   or { question, side, skipped }
 */
export async function soak(questions, minutes, step) {
  const until = performance.now() + minutes * 60_000;
  const asked = questions.flatMap((question) => {
    const names = Object.keys(question.sides).filter((name) => name.startsWith("sansock"));
    return names.map((side) => ({ question, side }));
  });
  return Promise.all(asked.map(({ question, side }) => soakOne(question, side, until, step)));
}

async function soakOne(question, side, until, step) {
  const { name, grows, quick } = question;
  if (grows) return { question: name, side, skipped: grows };
  const { missing } = question.sides[side].needs?.() ?? {};
  if (missing) return { question: name, side, skipped: missing };
  const pair = startPair(question, side, FLAGS);
  try {
    await listen(pair);
    const start = performance.now();
    const every = (until - start) / READINGS;
    const readings = [];
    let rounds = 0;
    for (let next = start; performance.now() < until; rounds++) {
      await sample(pair, quick);
      if (performance.now() < next) continue;
      const memory = await pair.subject.call("memory");
      readings.push({ seconds: (performance.now() - start) / 1000, ...memory });
      step(`${name}: ${side}`);
      next += every;
    }
    if (readings.length < ENOUGH) return { question: name, side, skipped: "it was too short" };
    return { question: name, side, rounds, readings, ...judged(readings) };
  } finally {
    await stop(pair);
  }
}
