/**
 * The folder of the plan that this program carries out: a file for each task
 * and vote, rules, metrics, training examples, and `federation-routing.json`.
 * It is read and left as it is.
 */
import { isJsonObject, type JsonObject } from '../domain/json.ts';
import type { ImportedVote } from '../domain/requests.ts';
import type { TaughtExample } from '../domain/routing/taught.ts';
import { addMillis, day } from '../domain/time.ts';
import { type EscalationReason, toThousandths } from '../domain/votes/vote.ts';
import { type Draft, type Standing, tasksFrom } from './drafts.ts';
import { type Found, found, type ImportedOutcome, type ImportedRules, type ImportOptions, Remarks } from './found.ts';
import { readStatus, readTime, readType, slugged } from './meanings.ts';
import { objectsIn, restOf, textIn, textsIn, wholeJson } from './records.ts';

type Parse = (text: string) => unknown;

export async function importPhase4(files: ReadonlyMap<string, string>, options: ImportOptions): Promise<Found> {
  const yaml = await import('yaml');
  const remarks = new Remarks();
  const parse: Parse = (text) => wholeJson(text) ?? yaml.parse(text);
  const drafts: Draft[] = [];
  const votes: ImportedVote[] = [];
  const examples: TaughtExample[] = [];
  const outcomes: ImportedOutcome[] = [];
  let rules: ImportedRules | null = null;
  for (const [path, text] of files) {
    const reader = readerOf(path);
    if (reader === null) {
      remarks.leaveOut(path, 'nothing that is imported');
      continue;
    }
    const value = valueIn(path, text, parse);
    if (value === undefined) {
      remarks.leaveOut(path, 'neither JSON nor YAML');
      continue;
    }
    switch (reader) {
      case 'task':
        for (const one of Array.isArray(value) ? objectsIn(value) : [value]) {
          const draft = isJsonObject(one) ? draftFrom(one, path) : null;
          if (draft === null) remarks.leaveOut(path, 'no task: neither an id nor a description');
          else drafts.push(draft);
        }
        break;
      case 'vote': {
        const vote = isJsonObject(value) ? voteFrom(value, path, options, remarks) : null;
        if (vote !== null) votes.push(vote);
        break;
      }
      case 'examples':
        examples.push(...examplesIn(value, path, options, remarks));
        break;
      case 'metrics':
        outcomes.push(...outcomesIn(value, path, options, remarks));
        break;
      case 'rules':
        rules = merged(rules, { scheduling: schedulingIn(value, options, remarks), routing: [], default_agent: null });
        break;
      case 'routing':
        rules = merged(rules, routingIn(value, path, options, remarks));
        break;
    }
  }
  return found('phase4', remarks, {
    ...tasksFrom(drafts, 'phase4', options, remarks),
    votes,
    examples,
    outcomes,
    rules,
  });
}

type Reader = 'task' | 'vote' | 'examples' | 'metrics' | 'rules' | 'routing';

/** By where a file lies and what it is called. */
function readerOf(path: string): Reader | null {
  if (!/\.(?:json|jsonl|ya?ml)$/.test(path) || /(?:^|\/)(?:backups|exports|reports)\//.test(path)) return null;
  const name = path.split('/').at(-1) ?? '';
  if (/(?:^|\/)queue\//.test(path)) return 'task';
  if (/(?:^|\/)votes\//.test(path)) return 'vote';
  if (/^federation-routing[\w.-]*\.json$/.test(name)) return 'routing';
  if (/^(?:training|adversarial)[\w-]*\.jsonl?$|^routing-history\.jsonl?$/.test(name)) return 'examples';
  if (/^metrics\.(?:json|ya?ml)$/.test(name)) return 'metrics';
  return /^(?:auto-schedule-)?rules\.(?:json|ya?ml)$/.test(name) ? 'rules' : null;
}

function valueIn(path: string, text: string, parse: Parse): unknown {
  if (text.trim() === '') return undefined;
  if (path.endsWith('.jsonl')) return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [wholeJson(line)]));
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

const readOfTask: ReadonlySet<string> = new Set(
  'task_id id description task dependencies created_at context status priority'.split(' '),
);

function draftFrom(value: JsonObject, path: string): Draft | null {
  const id = textIn(value['task_id']) ?? textIn(value['id']);
  const description = textIn(value['description']) ?? textIn(value['task']);
  if (id === null || description === null) return null;
  const { context } = value;
  return {
    id,
    place: path,
    updated: readTime(value['updated_at']) ?? readTime(value['completed_at']) ?? readTime(value['started_at']),
    description,
    kind: textIn(value['type']) ?? textIn(value['task_type']),
    priority: value['priority'],
    standing: standingOf(value, path),
    assignee: textIn(value['to_agent']) ?? textIn(value['assigned_to']),
    blockers: textsIn(value['dependencies'] ?? []),
    parents: [],
    comments: [],
    created: readTime(value['created_at']),
    notBefore: readTime(value['not_before']),
    due: readTime(value['deadline']),
    source: restOf(value, readOfTask),
    ...(isJsonObject(context) ? { context } : {}),
  };
}

/** The file's own status; without one that of its folder. */
function standingOf(value: JsonObject, path: string): Standing {
  const [, folder = ''] = /(?:^|\/)queue\/(?:.*\/)?([\w-]+)\/[^/]+$/.exec(path) ?? [];
  const status = textIn(value['status']) ?? (folder === '' ? 'pending' : folder);
  const completed = readTime(value['completed_at']);
  const meaning = readStatus(status, completed !== null);
  if (meaning.is === 'over') {
    const { result } = value;
    const summary = isJsonObject(result) ? (textIn(result['summary']) ?? JSON.stringify(result)) : textIn(result);
    const at = completed ?? readTime(value['created_at']) ?? '1970-01-01T00:00:00.000Z';
    return { is: 'over', end: { status: meaning.status, at, summary: summary ?? `Status ${status}` } };
  }
  return meaning.is === 'hold'
    ? { is: 'hold', why: `status ${JSON.stringify(status.slice(0, 40))}` }
    : { is: meaning.is };
}

/** Options are what was voted for, where the file names none. */
function voteFrom(
  value: JsonObject,
  path: string,
  { operator, now }: ImportOptions,
  remarks: Remarks,
): ImportedVote | null {
  const question = textIn(value['question']);
  const leave = (why: string): null => {
    remarks.leaveOut(path, why);
    return null;
  };
  if (question === null) return leave('a vote without a question');
  const opened_at = readTime(value['created_at']) ?? now;
  const cast = isJsonObject(value['votes']) ? value['votes'] : isJsonObject(value['ballots']) ? value['ballots'] : {};
  const ballots = Object.entries(cast).flatMap(([agent, one]) => {
    const choice = isJsonObject(one) ? textIn(one['choice'])?.trim() : null;
    const confidence = isJsonObject(one) ? Number(one['confidence'] ?? 1) : Number.NaN;
    if (!isJsonObject(one) || choice == null || !(confidence >= 0 && confidence <= 1)) {
      remarks.leaveOut(`${path}, ballot of ${agent}`, 'a ballot without a choice or a confidence of 0 to 1');
      return [];
    }
    const ballot = {
      choice,
      also: [],
      confidence: toThousandths(confidence),
      reasoning: textIn(one['reasoning']) ?? '',
      block: one['block'] === true,
    };
    return [{ agent, revisions: [{ at: readTime(one['timestamp']) ?? opened_at, ballot }] }];
  });
  const chosen = ballots
    .flatMap(({ revisions }) => revisions.map(({ ballot }) => ballot.choice))
    .filter((choice) => choice !== 'abstain');
  const options = [...new Set([...(Array.isArray(value['options']) ? textsOf(value['options']) : []), ...chosen])];
  if (options.length === 0) return leave('a vote without options or ballots: open it with fed vote create');
  if (options.length === 1) {
    options.push(options[0] === 'other' ? 'none' : 'other');
    remarks.adapt(path, 'one option only: a second one was added');
  }
  if (options.length > 20) return leave('a vote with more than 20 options');
  const metadata = isJsonObject(value['metadata']) ? value['metadata'] : {};
  const result = isJsonObject(value['result']) ? value['result'] : {};
  const [, folder = ''] = /(?:^|\/)votes\/([\w-]+)\//.exec(path) ?? [];
  const word = slugged(textIn(value['status']) ?? folder);
  const winner = textIn(result['winner']) ?? textIn(value['result']);
  const outcome = slugged(textIn(result['outcome']) ?? '');
  const isEscalated = word === 'escalated' || textIn(value['escalated_to']) !== null || outcome === 'escalate';
  const isDecided = !isEscalated && winner !== null && options.includes(winner);
  const isCancelled = word === 'cancelled';
  const at = readTime(value['resolved_at']) ?? readTime(value['closed_at']) ?? opened_at;
  const status = isCancelled ? 'cancelled' : isEscalated ? 'escalated' : isDecided ? 'decided' : 'active';
  const opened_by = textIn(metadata['created_by']) ?? textIn(value['opened_by']) ?? operator;
  return {
    source_id:
      textIn(value['vote_id']) ??
      path
        .split('/')
        .at(-1)
        ?.replace(/\.\w+$/, '') ??
      path,
    question: question.slice(0, 500),
    options,
    context_url: textIn(value['context_url']) ?? textIn(value['context_path']) ?? textIn(value['context']),
    topic: null,
    opened_by,
    opened_at,
    eligible: ballots.map(({ agent }) => agent),
    quorum: Math.max(1, Math.round(Number(metadata['min_voters'] ?? value['quorum'] ?? 2)) || 2),
    method: 'weighted',
    stakes: 'normal',
    deadline: readTime(value['deadline']) ?? addMillis(opened_at, day),
    status,
    ballots,
    closed: status === 'active' ? null : { because: 'operator', at, unreachable: [] },
    choice: isDecided ? winner : null,
    decided: isDecided ? { decided_by: 'agents', by: 'phase4', at, reason: null, via: null } : null,
    escalated: isEscalated ? { reason: reasonIn(value, result), to: operator, at } : null,
    overruled: [],
    cancelled: isCancelled ? { by: opened_by, at, reason: null, via: null } : null,
    continued: false,
    finished_at: isDecided || isCancelled ? at : null,
    exported: false,
  };
}

function textsOf(list: readonly unknown[]): string[] {
  return list.flatMap((one) => textIn(one)?.trim() ?? []);
}

function reasonIn(value: JsonObject, result: JsonObject): EscalationReason {
  const words = `${textIn(value['escalation_reason']) ?? ''} ${textIn(result['reason']) ?? ''}`.toLowerCase();
  if (words.includes('tie')) return 'tie';
  if (words.includes('stake')) return 'high-stakes';
  if (/quorum|voters/.test(words)) return 'no-quorum';
  return words.includes('majority') ? 'no-majority' : 'low-confidence';
}

function examplesIn(value: unknown, path: string, { agents, types }: ImportOptions, remarks: Remarks): TaughtExample[] {
  const list = isJsonObject(value)
    ? (value['training_examples'] ?? value['examples'] ?? value['samples'] ?? value['data'])
    : value;
  if (!Array.isArray(list)) {
    remarks.leaveOut(path, 'no list of examples');
    return [];
  }
  return list.flatMap((one: unknown, index): TaughtExample[] => {
    const place = `${path} ${index + 1}`;
    const example = isJsonObject(one) ? one : {};
    const text = textIn(example['task']) ?? textIn(example['text']) ?? textIn(example['description']);
    const agent = textIn(example['agent']) ?? textIn(example['assigned_to']) ?? textIn(example['label']);
    if (text === null || agent === null) remarks.leaveOut(place, 'an example without a text or an agent');
    else if (!agents.has(agent))
      remarks.leaveOut(place, `an example for ${JSON.stringify(agent.slice(0, 40))}, who is no agent here`);
    else if (example['success'] === false) remarks.leaveOut(place, 'an example of a failure: nobody is right for it');
    else return [{ text, agent, type: readType(textIn(example['type']), types).type }];
    return [];
  });
}

/** What makes a pair's outcomes that are only counted. */
interface Totals {
  readonly count: number;
  readonly successes: number;
  readonly minutes: number | null;
}

const mostOutcomes = 1_000;

/** The outcomes it names one by one, and those of its totals beyond them. */
function outcomesIn(value: unknown, path: string, { agents }: ImportOptions, remarks: Remarks): ImportedOutcome[] {
  if (!isJsonObject(value)) {
    remarks.leaveOut(path, 'no metrics');
    return [];
  }
  const outcomes: ImportedOutcome[] = [];
  const isKnown = (agent: string, place: string): boolean => {
    if (!agents.has(agent))
      remarks.leaveOut(place, `outcomes of ${JSON.stringify(agent.slice(0, 40))}, who is no agent here`);
    return agents.has(agent);
  };
  const seen = new Map<string, number>();
  for (const [index, one] of objectsIn(value['recent_tasks'] ?? value['tasks'] ?? value['outcomes']).entries()) {
    const agent = textIn(one['agent']) ?? '';
    const type = slugged(textIn(one['task_type']) ?? textIn(one['type']) ?? 'task').slice(0, 40);
    if (!isKnown(agent, `${path} recent_tasks ${index + 1}`)) continue;
    const at = textIn(one['timestamp']) ?? String(index);
    const success = one['success'] === true;
    seen.set(`${agent} ${type}`, (seen.get(`${agent} ${type}`) ?? 0) + 1);
    seen.set(`${agent} ${type} ok`, (seen.get(`${agent} ${type} ok`) ?? 0) + (success ? 1 : 0));
    outcomes.push({
      source_id: `outcome ${agent} ${type} ${at}`,
      agent,
      type,
      success,
      rework: success && one['rework_required'] === true,
      duration_minutes: minutesIn(one['duration_min'] ?? one['duration']),
    });
  }
  for (const [agent, type, totals] of totalsIn(value)) {
    if (!isKnown(agent, `${path} ${agent}`)) continue;
    const key = `${agent} ${type}`;
    const successes = Math.max(0, totals.successes - (seen.get(`${key} ok`) ?? 0));
    const count = Math.min(mostOutcomes, Math.max(successes, totals.count - (seen.get(key) ?? 0)));
    if (count === 0) continue;
    remarks.adapt(key, 'totals without single outcomes: recorded one by one, each of the mean duration');
    for (let n = 0; n < count; n += 1) {
      outcomes.push({
        source_id: `total ${key} ${n < successes ? 'success' : 'failure'} ${n < successes ? n : n - successes}`,
        agent,
        type,
        success: n < successes,
        rework: false,
        duration_minutes: totals.minutes,
      });
    }
  }
  return outcomes;
}

function totalsIn(value: JsonObject): [agent: string, type: string, Totals][] {
  const byAgent = Object.entries(isJsonObject(value['agents']) ? value['agents'] : {}).flatMap(([agent, one]) => {
    const kinds = isJsonObject(one) && isJsonObject(one['task_types']) ? one['task_types'] : {};
    return Object.entries(kinds).map(([type, totals]) => [agent, type, totals] as const);
  });
  const performance = Object.entries(
    isJsonObject(value['routing_performance']) ? value['routing_performance'] : {},
  ).flatMap(([agent, kinds]) =>
    Object.entries(isJsonObject(kinds) ? kinds : {}).map(
      ([type, totals]) => [agent, type.replace(/_tasks$/, ''), totals] as const,
    ),
  );
  return [...byAgent, ...performance].flatMap(([agent, type, totals]): [string, string, Totals][] => {
    if (!isJsonObject(totals)) return [];
    const count = Number(totals['count'] ?? 0);
    const rate = Number(totals['success_rate'] ?? 0);
    const successes = Math.round(Number(totals['successes'] ?? count * rate));
    if (!(count > 0) || !(successes >= 0)) return [];
    const total = Number(totals['total_duration'] ?? Number.NaN);
    const minutes = Number.isNaN(total) ? minutesIn(totals['avg_time'] ?? totals['avg_duration_min']) : total / count;
    return [[agent, slugged(type).slice(0, 40), { count, successes: Math.min(successes, count), minutes }]];
  });
}

/** `45`, `"45min"`. */
function minutesIn(value: unknown): number | null {
  const number = Number(/^\s*([\d.]+)\s*(?:m|min|minutes)?\s*$/.exec(textIn(value) ?? '')?.[1] ?? Number.NaN);
  return Number.isFinite(number) && number >= 0 ? number : null;
}

function merged(before: ImportedRules | null, more: ImportedRules): ImportedRules {
  return {
    scheduling: [...(before?.scheduling ?? []), ...more.scheduling],
    routing: [...(before?.routing ?? []), ...more.routing],
    default_agent: more.default_agent ?? before?.default_agent ?? null,
  };
}

/** The type that the words of a rule speak of. The plan matched texts; rules here match types. */
const typeWords: readonly (readonly [RegExp, string])[] = [
  [/\bresearch|\banaly[sz]e|\binvestigate/i, 'research'],
  [/\bimplement|\bbuild\b|\bpolish/i, 'implementation'],
  [/\breview/i, 'review'],
  [/\btest/i, 'testing'],
  [/\brefactor/i, 'refactoring'],
  [/\bdeploy/i, 'deployment'],
  [/\bdocument/i, 'documentation'],
  [/\bdesign|\bplan\b|\barchitecture/i, 'architecture'],
  [/\bdraft/i, 'draft'],
];

function typeIn(text: string, types: ReadonlySet<string>): string | null {
  return typeWords.find(([word, type]) => word.test(text) && types.has(type))?.[1] ?? null;
}

function schedulingIn(value: unknown, { types }: ImportOptions, remarks: Remarks): Readonly<Record<string, unknown>>[] {
  const list = isJsonObject(value) ? objectsIn(value['rules']) : objectsIn(value);
  return list.flatMap((rule) => {
    const name = slugged(textIn(rule['id']) ?? textIn(rule['name']) ?? '').slice(0, 40);
    const about = `rule ${name || '?'}`;
    const trigger = isJsonObject(rule['trigger']) ? rule['trigger'] : {};
    const action = isJsonObject(rule['action']) ? rule['action'] : {};
    const template = textIn(action['task_template']);
    const patterns = textsIn(trigger['task_patterns'] ?? []);
    const when =
      textIn(trigger['task_type']) ?? patterns.map((word) => typeIn(word, types)).find((type) => type !== null) ?? null;
    const then = textIn(action['task_type']) ?? typeIn(template ?? '', types);
    if (rule['enabled'] === false) remarks.leaveOut(about, 'a rule that is switched off there');
    else if (name === '' || template === null) remarks.leaveOut(about, 'a rule without a name or a task to queue');
    else if (when === null || then === null)
      remarks.leaveOut(about, 'a rule whose words name no task type that an agent here does');
    else {
      if (patterns.length > 1) remarks.adapt(about, 'a rule that looks for words: here it looks for the task type');
      const agent = textIn(trigger['from_agent']);
      const priority = slugged(textIn(action['priority']) ?? 'inherit');
      return [
        {
          name,
          when: {
            type: when,
            ...(agent === null ? {} : { agent }),
            ...(trigger['output_artifact'] === true ? { artifact: true } : {}),
          },
          then: {
            type: then,
            to_agent: textIn(action['queue_for']) ?? 'auto',
            description: template
              .replaceAll(/\{(?:previous_task|task)\}/g, '{description}')
              .replaceAll(/\{artifact_path\}|\{artifact\}/g, '{artifact}'),
            ...(['low', 'normal', 'high', 'critical'].includes(priority) ? { priority } : {}),
          },
        },
      ];
    }
    return [];
  });
}

/** What its keywords weigh where the file does not say. */
const usualWeights = { primary_keywords: 0.95, secondary_keywords: 0.85, security_keywords: 0.95, keywords: 0.9 };

function routingIn(value: unknown, path: string, { agents }: ImportOptions, remarks: Remarks): ImportedRules {
  const file = isJsonObject(value) ? value : {};
  const scoring = isJsonObject(file['scoring']) ? file['scoring'] : {};
  const weightOf = (list: keyof typeof usualWeights): number => {
    const own = Number(scoring[list.replace(/s$/, '')] ?? Number.NaN);
    return own > 0 && own < 1 ? Math.min(0.99, own) : usualWeights[list];
  };
  const rules: { agent: string; keyword: string; weight: number }[] = [];
  for (const [agent, one] of Object.entries(isJsonObject(file['agents']) ? file['agents'] : {})) {
    if (!agents.has(agent)) {
      remarks.leaveOut(`${path} ${agent}`, 'keywords of who is no agent here');
      continue;
    }
    const lists = isJsonObject(one) ? one : {};
    for (const list of ['primary_keywords', 'secondary_keywords', 'security_keywords', 'keywords'] as const) {
      const words = lists[list];
      const weighed = isJsonObject(words)
        ? Object.entries(words)
        : textsOf(Array.isArray(words) ? words : []).map((word) => [word, null] as const);
      for (const [keyword, weight] of weighed) {
        const own = Number(weight ?? Number.NaN);
        rules.push({ agent, keyword: keyword.slice(0, 100), weight: own > 0 && own <= 0.99 ? own : weightOf(list) });
      }
    }
    for (const list of ['negative_patterns', 'contextual_patterns'] as const) {
      for (const word of textsOf(Array.isArray(lists[list]) ? lists[list] : [])) {
        remarks.leaveOut(
          `${agent}: ${word}`,
          list === 'negative_patterns' ? 'a word that speaks against an agent' : 'a pattern instead of a keyword',
        );
      }
    }
  }
  for (const list of ['special_cases', 'explicit_patterns'] as const) {
    for (const one of objectsIn(file[list])) {
      remarks.leaveOut(textIn(one['condition']) ?? textIn(one['pattern']) ?? list, 'a condition instead of a keyword');
    }
  }
  const fallback = textIn(file['default_agent']);
  return { scheduling: [], routing: rules, default_agent: fallback !== null && agents.has(fallback) ? fallback : null };
}
