/** The promises somebody has asked a socket for, and how they must be settled by now. */
import type { Actor } from "./actor.ts";
import { must } from "./model.ts";

export const PROMISES = ["opened", "closed", "drained"] as const;
export type PromiseName = (typeof PROMISES)[number];

interface Taken {
  readonly name: PromiseName;
  /** What the model says of it: pending, resolved, or the name of what it rejects with. */
  readonly expected: () => string;
  outcome: string;
}

export class Awaited {
  readonly #actor: Actor;
  readonly #taken: Taken[] = [];

  constructor(actor: Actor) {
    this.#actor = actor;
  }

  take(name: PromiseName): void {
    const { model, socket } = this.#actor;
    const taken: Taken = { name, expected: model.promise(name), outcome: "pending" };
    this.#taken.push(taken);
    const settled = (outcome: string): void => {
      must(taken.outcome === "pending", `${name}: settled twice`);
      taken.outcome = outcome;
      this.#actor.goesOn();
    };
    socket[name].then(
      () => settled("resolved"),
      (error: Error) => settled(error.name),
    );
  }

  compare(): void {
    for (const { name, expected, outcome } of this.#taken) {
      const due = expected();
      if (outcome !== due) must(false, `${name}: ${outcome}, not ${due}`);
    }
  }
}
