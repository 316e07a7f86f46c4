/**
 * Checks a value against test/vectors/schema.json, and reads no more of JSON Schema than that file
 * uses: a keyword it does not know is an error of the schema, not something to pass over.
 */
export interface Schema {
  $ref?: string;
  [keyword: string]: unknown;
}

type Check = (limit: never, value: never, at: string, schemas: Schemas) => string[];

const IGNORED = new Set(["$schema", "$defs", "title"]);

const patterns = new Map<string, RegExp>();

const CHECKS: Record<string, Check> = {
  const: (only: unknown, value: unknown, at) => {
    return value === only ? [] : [`${at} is not ${JSON.stringify(only)}`];
  },
  enum: (allowed: unknown[], value: unknown, at) => {
    return allowed.includes(value) ? [] : [`${at} is none of ${JSON.stringify(allowed)}`];
  },
  minimum: (least: number, value: number, at) => (value < least ? [`${at} is below ${least}`] : []),
  maximum: (most: number, value: number, at) => (value > most ? [`${at} is above ${most}`] : []),
  minLength: (least: number, value: string, at) => {
    return value.length < least ? [`${at} is shorter than ${least}`] : [];
  },
  maxLength: (most: number, value: string, at) => {
    return value.length > most ? [`${at} is longer than ${most}`] : [];
  },
  pattern: (pattern: string, value: string, at) => {
    const known = patterns.get(pattern) ?? new RegExp(pattern, "u");
    patterns.set(pattern, known);
    return known.test(value) ? [] : [`${at} does not match ${pattern}`];
  },
  minItems: (least: number, value: unknown[], at) => {
    return value.length < least ? [`${at} has fewer than ${least} items`] : [];
  },
  maxItems: (most: number, value: unknown[], at) => {
    return value.length > most ? [`${at} has more than ${most} items`] : [];
  },
  minProperties: (least: number, value: object, at) => {
    return Object.keys(value).length < least ? [`${at} has fewer than ${least} members`] : [];
  },
  maxProperties: (most: number, value: object, at) => {
    return Object.keys(value).length > most ? [`${at} has more than ${most} members`] : [];
  },
  required: (names: string[], value: object, at) => {
    return names.filter((name) => !(name in value)).map((name) => `${at} lacks ${name}`);
  },
  items: (schema: Schema, value: unknown[], at, schemas) => {
    return value.flatMap((item, index) => schemas.check(schema, item, `${at}[${index}]`));
  },
  prefixItems: (each: Schema[], value: unknown[], at, schemas) => {
    return each.flatMap((schema, index) => schemas.check(schema, value[index], `${at}[${index}]`));
  },
  anyOf: (each: Schema[], value: unknown, at, schemas) => {
    const faults = each.map((schema) => schemas.check(schema, value, at));
    return faults.some(({ length }) => length === 0) ? [] : fewest(faults);
  },
  oneOf: (each: Schema[], value: unknown, at, schemas) => {
    const faults = each.map((schema) => schemas.check(schema, value, at));
    const matches = faults.filter(({ length }) => length === 0).length;
    if (matches > 1) return [`${at} can be read in ${matches} ways`];
    return matches === 1 ? [] : fewest(faults);
  },
};

/** JSON Schema's word for what a value is; a number without a fraction is what was asked for. */
function typeOf(value: unknown, wanted: string): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return wanted === "integer" && Number.isInteger(value) ? "integer" : typeof value;
}

/** Of several branches that all fail, what is wrong with the one that comes closest. */
function fewest(faults: string[][]): string[] {
  return faults.reduce((best, one) => (one.length < best.length ? one : best));
}

export class Schemas {
  readonly #root: Schema;

  constructor(root: Schema) {
    this.#root = root;
  }

  /** What is wrong with `value`; empty if nothing is. */
  check(schema: Schema = this.#root, value: unknown = undefined, at = "line"): string[] {
    const type = schema.type as string | undefined;
    if (type !== undefined && typeOf(value, type) !== type) return [`${at} is no ${type}`];
    return Object.entries(schema).flatMap(([keyword, limit]) => {
      if (IGNORED.has(keyword) || keyword === "type") return [];
      if (keyword === "$ref") return this.check(this.#find(limit as string), value, at);
      if (keyword === "properties") return this.#members(limit as never, value as never, at);
      if (keyword === "additionalProperties") return this.#strangers(schema, value as object, at);
      const check = CHECKS[keyword];
      if (check === undefined)
        throw new Error(`the schema uses ${keyword}, which is not read here`);
      return check(limit as never, value as never, at, this);
    });
  }

  #members(schemas: Record<string, Schema>, value: Record<string, unknown>, at: string): string[] {
    const present = Object.entries(schemas).filter(([name]) => name in value);
    return present.flatMap(([name, schema]) => this.check(schema, value[name], `${at}.${name}`));
  }

  #strangers(schema: Schema, value: object, at: string): string[] {
    if (schema.additionalProperties !== false) throw new Error("additionalProperties: only false");
    const known = new Set(Object.keys((schema.properties as object | undefined) ?? {}));
    const strangers = Object.keys(value).filter((name) => !known.has(name));
    return strangers.map((name) => `${at} may not have ${name}`);
  }

  #find(ref: string): Schema {
    const found = (this.#root.$defs as Record<string, Schema>)[ref.replace("#/$defs/", "")];
    if (found === undefined) throw new Error(`the schema has no ${ref}`);
    return found;
  }
}
