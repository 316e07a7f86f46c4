/**
 * How options are checked: a rule for each name, read by one function.
 *
 * An unknown or ill-typed option is a TypeError that names it, what came and what is allowed;
 * nothing has changed by then.
 */
import { shown } from "./shown.ts";

/** What one option may be, in words and as a check. */
export interface Rule {
  readonly allowed: string;
  readonly check: (value: unknown) => boolean;
}

/** The rules of some options by name; asked for when there are options to check. */
export type Rules = () => Record<string, Rule>;

/** The largest count of bytes an option takes; the core reads one more as "no limit". */
export const BYTES_MAX = 0xfffffffe;

/** True or false. */
export const bool: Rule = {
  allowed: "true or false",
  check: (value) => typeof value === "boolean",
};
/** A string that says something. */
export const text: Rule = {
  allowed: "a non-empty string",
  check: (value) => typeof value === "string" && value !== "",
};

/** An integer within bounds, both included; `unit` follows them in messages. */
export function integer(low: number, high: number, unit: string): Rule {
  const check = (value: unknown): boolean =>
    Number.isInteger(value) && (value as number) >= low && (value as number) <= high;
  return { allowed: `an integer from ${low} to ${high}${unit}`, check };
}

/** What `rule` allows, and what `check` does. */
export function or(rule: Rule, allowed: string, check: (value: unknown) => boolean): Rule {
  return {
    allowed: `${rule.allowed} or ${allowed}`,
    check: (value) => check(value) || rule.check(value),
  };
}

/** One of these values. */
export function oneOf(...values: readonly unknown[]): Rule {
  const allowed = values.map((value) => JSON.stringify(value)).join(", ");
  return { allowed: `one of ${allowed}`, check: (value) => values.includes(value) };
}

/** The given options, each read once; own properties only. */
export function checkOptions<T>(owner: string, given: unknown, rulesOf: Rules): T {
  const checked: Record<string, unknown> = Object.create(null); // no prototype adds to it
  if (given === undefined || given === null) return checked as T;
  if (typeof given !== "object") {
    throw new TypeError(`${owner} options: ${shown(given)} came; an object is allowed`);
  }
  const rules = rulesOf();
  for (const [name, value] of Object.entries(given)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) {
      const known = Object.keys(rules).join(", ");
      throw new TypeError(`${owner} option "${name}" is unknown; allowed are ${known}`);
    }
    if (value === undefined) continue;
    if (!rule.check(value)) {
      throw new TypeError(
        `${owner} option "${name}": ${shown(value)} came; ${rule.allowed} is allowed`,
      );
    }
    checked[name] = value;
  }
  return checked as T;
}
