/** Writes the committed rule lists from the training rows of CLINC150. */
import { writeFileSync } from 'node:fs';
import type { RoutingRule } from '../../src/routing/index.ts';
import { tokenize } from '../../src/routing/tokens.ts';
import { dataFolder, labelsOf, readClinc, type ClincRow } from './clinc.ts';

const perDomain = 10;

function chiSquareRules(rows: readonly ClincRow[]): RoutingRule[] {
  const domains = labelsOf(rows, 'domain');
  const sizes = new Map<string, number>();
  const counts = new Map<string, Map<string, number>>();
  for (const { domain, text } of rows) {
    sizes.set(domain, (sizes.get(domain) ?? 0) + 1);
    for (const word of new Set(tokenize(text))) {
      const byDomain = counts.get(word) ?? new Map<string, number>();
      byDomain.set(domain, (byDomain.get(domain) ?? 0) + 1);
      counts.set(word, byDomain);
    }
  }
  return domains.flatMap((domain) => {
    const size = sizes.get(domain) ?? 0;
    const scored: { keyword: string; chi: number; weight: number }[] = [];
    for (const [keyword, byDomain] of counts) {
      const inside = byDomain.get(domain) ?? 0;
      const total = [...byDomain.values()].reduce((sum, count) => sum + count, 0);
      const outside = total - inside;
      const missing = size - inside;
      const rest = rows.length - total - missing;
      if (inside / size <= total / rows.length) continue;
      const chi =
        (rows.length * (inside * rest - outside * missing) ** 2) /
        (total * (missing + rest) * size * (rows.length - size));
      // How often the word means the domain, with one case added on either side.
      scored.push({ keyword, chi, weight: Math.round((100 * (inside + 1)) / (total + 2)) / 100 });
    }
    scored.sort((a, b) => b.chi - a.chi || (a.keyword < b.keyword ? -1 : 1));
    return scored.slice(0, perDomain).map(({ keyword, weight }) => ({ agent: domain, keyword, weight }));
  });
}

function nameRules(rows: readonly ClincRow[]): RoutingRule[] {
  return labelsOf(rows, 'intent').flatMap((intent) =>
    intent.split('_').map((keyword) => ({ agent: intent, keyword, weight: 0.5 })),
  );
}

function write(name: string, rules: readonly RoutingRule[]): void {
  const lines = rules.map((rule) => `  ${JSON.stringify(rule)}`);
  writeFileSync(new URL(name, dataFolder), `[\n${lines.join(',\n')}\n]\n`);
}

const train = readClinc().filter(({ split }) => split === 'train');
write('clinc150-domain-rules.json', chiSquareRules(train));
write('clinc150-intent-rules.json', nameRules(train));
