/** What the model throws when the engine did what it must not do, or did not what it must. */
export class Divergence extends Error {
  /** The first since somebody set it to null: exceptions in handlers do not reach who called. */
  static first: Divergence | null = null;
  override readonly name = "Divergence";

  constructor(rule: string) {
    super(rule);
    Divergence.first ??= this;
  }
}

/** @throws Divergence unless it holds */
export function must(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new Divergence(rule);
}
