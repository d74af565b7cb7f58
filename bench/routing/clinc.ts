/** CLINC150 and its rules, as the benchmark reads them. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { Random } from '../../src/routing/hash.ts';
import type { RoutingRule } from '../../src/routing/index.ts';

export interface ClincRow {
  readonly split: string;
  readonly intent: string;
  readonly domain: string;
  readonly text: string;
}

export type Target = 'domain' | 'intent';

export const dataFolder = new URL('../data/', import.meta.url);

export function readClinc(): ClincRow[] {
  const content = readFileSync(new URL('clinc150.tsv', dataFolder), 'utf8');
  return content
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [split = '', intent = '', domain = '', text = ''] = line.split('\t');
      return { split, intent, domain, text };
    });
}

const rulesSchema = z.array(z.object({ agent: z.string(), keyword: z.string(), weight: z.number() }));

export function readRules(target: Target): RoutingRule[] {
  const value: unknown = JSON.parse(readFileSync(new URL(`clinc150-${target}-rules.json`, dataFolder), 'utf8'));
  return rulesSchema.parse(value);
}

/** Distinct labels in alphabetical order. */
export function labelsOf(rows: readonly ClincRow[], target: Target): string[] {
  return [...new Set(rows.map((row) => row[target]))].sort();
}

/** Fisher–Yates under a seed. */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = new Random(seed);
  const result = [...items];
  for (let at = result.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    const [one, two] = [result[at], result[other]];
    if (one === undefined || two === undefined) continue;
    result[at] = two;
    result[other] = one;
  }
  return result;
}
