/**
 * What the flags ask for: which questions, which of their sides, how many of something.
 */
import { questions } from "./questions/index.mjs";

/** @param only names with commas between them; all questions without it */
export function chosen(only) {
  if (only === undefined) return questions;
  const names = only.split(",");
  for (const name of names) {
    if (!questions.some((one) => one.name === name)) {
      throw new Error(`--only ${name}: there are ${questions.map((one) => one.name).join(", ")}`);
    }
  }
  return questions.filter(({ name }) => names.includes(name));
}

/** @param words parts of the sides' names with commas between them */
export function withSides(question, words) {
  if (words === undefined) return question;
  const wanted = ([name]) => words.split(",").some((word) => name.includes(word));
  const sides = Object.entries(question.sides).filter(wanted);
  if (sides.length === 0) {
    const all = Object.keys(question.sides).join(", ");
    throw new Error(`--sides ${words}: ${question.name} has ${all}`);
  }
  return { ...question, sides: Object.fromEntries(sides) };
}

export function numberOf(flag, text, least, most) {
  const number = Number(text);
  if (text !== "" && number >= least && number <= most) return number;
  throw new Error(`--${flag} ${text}: a number from ${least} to ${most} is allowed`);
}
