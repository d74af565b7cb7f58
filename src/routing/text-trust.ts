/**
 * How far to go by the text: whether the models of words or the plain record of each agent (`intercepts.ts`) foretold
 * the newest outcomes better, by their squared errors. One figure for tasks with a type and one for those without.
 *
 * Where a type says all there is to know the words only add chance; where a type is coarse, or there is none, they are
 * what tells the agents apart. Nothing says in advance which of the two a federation is.
 */

/** An outcome counts 0.99 of the next: some hundred are remembered. */
const keep = 0.99;
/** How much a difference of squared errors says. Logarithms of the chances: one surprise outweighs fifty outcomes. */
const weight = 3;

export class TextTrust {
  typed = 0;
  untyped = 0;

  /** 0: by the record alone; 1: by the text alone. */
  of(type: string | null): number {
    return 1 / (1 + Math.exp(type === null ? this.untyped : this.typed));
  }

  /** Records what both said before the outcome was known, as probabilities. */
  record(type: string | null, success: boolean, byText: number, byRecord: number): void {
    const came = Number(success);
    const gain = weight * ((came - byText) ** 2 - (came - byRecord) ** 2);
    if (type === null) this.untyped = keep * this.untyped + gain;
    else this.typed = keep * this.typed + gain;
  }
}
