/**
 * Keyword rules: what people know about who does what, before any outcome.
 *
 * A rule fires when its keyword stands in the text (a phrase: its stems in a
 * row; compared by stem, so "deploy" fires on "deploying") or when the task
 * has its type. An agent's rule score is `1 − Π(1 − w)` over the fired rules.
 */
import { readText, type TokenizedText } from './tokens.ts';

/** A phrase of a rule may have at most this many words. */
const phraseLimit = 8;

export interface RoutingRule {
  readonly agent: string;
  readonly keyword: string;
  /** How surely the keyword means the agent: 0 to 0.99; above counts as 0.99. */
  readonly weight: number;
  /** Where the keyword is looked for: `text` (default) or the task's `type`, compared whole. */
  readonly on?: 'text' | 'type';
}

/** Rules ready to be matched, by the first stem of their keyword. */
export class RuleBook {
  readonly rules: readonly RoutingRule[];
  readonly #byStem = new Map<string, { readonly index: number; readonly stems: readonly string[] }[]>();
  readonly #byType = new Map<string, number[]>();

  /** Rules without a usable keyword never fire. */
  constructor(rules: readonly RoutingRule[]) {
    this.rules = rules.map((rule) => ({ ...rule, weight: clampWeight(rule.weight) }));
    for (const [index, rule] of this.rules.entries()) {
      if (rule.on === 'type') {
        append(this.#byType, rule.keyword, index);
        continue;
      }
      const { stems } = readText(rule.keyword);
      const first = stems[0];
      if (first !== undefined && stems.length <= phraseLimit) append(this.#byStem, first, { index, stems });
    }
  }

  /** Indices of the rules that fire, ascending, each once. */
  match(text: TokenizedText, type: string | null): number[] {
    const fired = new Set<number>();
    if (type !== null) for (const index of this.#byType.get(type) ?? []) fired.add(index);
    for (const [at, stem] of text.stems.entries()) {
      for (const candidate of this.#byStem.get(stem) ?? []) {
        if (candidate.stems.every((part, offset) => text.stems[at + offset] === part)) fired.add(candidate.index);
      }
    }
    return [...fired].sort((a, b) => a - b);
  }

  /** Rule score of every agent for which a rule fired, each in (0, 1). */
  scores(fired: readonly number[]): Map<string, number> {
    const left = new Map<string, number>();
    for (const index of fired) {
      const rule = this.rules[index];
      if (rule !== undefined) left.set(rule.agent, (left.get(rule.agent) ?? 1) * (1 - rule.weight));
    }
    return new Map([...left].map(([agent, product]) => [agent, 1 - product]));
  }
}

function clampWeight(weight: number): number {
  return Number.isFinite(weight) ? Math.min(0.99, Math.max(0, weight)) : 0;
}

function append<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}
