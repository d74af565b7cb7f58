/** Adds rules to `.federation/config.json` where its comments stay, one at a time: what the configuration refuses is left out and said. */
import { join } from 'node:path';
import { applyEdits, modify } from 'jsonc-parser';
import { ConfigurationError } from '../domain/errors.ts';
import { writeWhole } from '../files/write-whole.ts';
import { parseConfig, readConfigText } from './read-config.ts';
import { projectOf } from './project-of.ts';
import type { Config } from './schema.ts';

export interface NewRules {
  readonly scheduling: readonly Readonly<Record<string, unknown>>[];
  readonly routing: readonly { readonly agent: string; readonly keyword: string; readonly weight: number }[];
  readonly default_agent: string | null;
}

export interface AddedRules {
  /** Names, and `agent: keyword`. */
  readonly added: readonly string[];
  readonly left_out: readonly { readonly about: string; readonly what: string }[];
}

/** `dryRun`: writes nothing. @throws ConfigurationError where the file itself is at fault */
export async function addRules(folder: string, rules: NewRules, dryRun: boolean): Promise<AddedRules> {
  const file = join(folder, 'config.json');
  const before = (await readConfigText(file, projectOf(folder))) ?? '{}\n';
  let text = before;
  let config = parseConfig(text, file);
  const added: string[] = [];
  const left_out: { about: string; what: string }[] = [];
  const attempt = (about: string, path: readonly (string | number)[], value: unknown): void => {
    const edited = applyEdits(
      text,
      modify(text, [...path], value, { formattingOptions: { insertSpaces: true, tabSize: 2 } }),
    );
    try {
      config = parseConfig(edited, file);
      text = edited;
      added.push(about);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      left_out.push({ about, what: `the configuration refuses it: ${reasonIn(error, file)}` });
    }
  };
  for (const rule of rules.scheduling) {
    const name = String(rule['name']);
    const twin = twinOf(rule, config);
    if (twin === name) left_out.push({ about: name, what: 'a rule that is here already' });
    else if (twin !== null) left_out.push({ about: name, what: `a rule whose work ${twin} queues here already` });
    else attempt(name, ['scheduling', 'rules'], [...config.scheduling.rules, rule]);
  }
  const known = new Set(config.routing.rules.map(({ agent, keyword }) => `${agent}: ${keyword.toLowerCase()}`));
  const fresh = rules.routing.filter(({ agent, keyword }) => !known.has(`${agent}: ${keyword.toLowerCase()}`));
  for (const { agent, keyword } of rules.routing) {
    if (known.has(`${agent}: ${keyword.toLowerCase()}`))
      left_out.push({ about: `${agent}: ${keyword}`, what: 'a keyword that is here already' });
  }
  if (fresh.length > 0) attempt(`${fresh.length} keywords`, ['routing', 'rules'], [...config.routing.rules, ...fresh]);
  if (rules.default_agent !== null && config.routing.default_agent !== rules.default_agent) {
    if (config.routing.default_agent === null)
      attempt(`default agent ${rules.default_agent}`, ['routing', 'default_agent'], rules.default_agent);
    else
      left_out.push({
        about: rules.default_agent,
        what: `a default agent: it is ${config.routing.default_agent} here`,
      });
  }
  if (text !== before && !dryRun) writeWhole(file, text);
  return { added, left_out };
}

/** What already queues the same work after the same work. */
function twinOf(rule: Readonly<Record<string, unknown>>, { scheduling }: Config): string | null {
  const typeIn = (part: unknown): unknown =>
    typeof part === 'object' && part !== null && 'type' in part ? part.type : null;
  const [when, then] = [typeIn(rule['when']), typeIn(rule['then'])];
  const twin = scheduling.rules.find(
    (one) =>
      one.name === rule['name'] || (one.when.type === when && one.then.type === then && one.when.outcome === 'success'),
  );
  return twin?.name ?? null;
}

/** Without the path of the file, which is no news. */
function reasonIn({ message }: ConfigurationError, file: string): string {
  return (message.split('\n', 1)[0] ?? '').replace(`${file}:`, 'line ');
}
