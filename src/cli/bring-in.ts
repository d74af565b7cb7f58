/** Brings in what an importer found, in parts: each a command, so that an import that is ended midway goes on where it was when it is repeated. */
import { createHash } from 'node:crypto';
import type { Actor, ResultOf } from '../domain/commands.ts';
import { OperatorError } from '../domain/errors.ts';
import { largestBatch } from '../domain/routing/teach-routing.ts';
import type { ImportedTask } from '../domain/requests.ts';
import { importKey } from '../domain/tasks/import-row.ts';
import { orderImport } from '../domain/tasks/order-import.ts';
import type { Federation } from '../federation.ts';
import type { Found } from '../importers/found.ts';

/** Tasks and bytes of one command: some milliseconds, in which others wait. */
const tasksAtOnce = 250;
const bytesAtOnce = 256 * 1024;

export interface BroughtIn {
  readonly ids: Readonly<Record<string, string>>;
  readonly skipped: readonly string[];
  readonly updated: ResultOf<'import_tasks'>['updated'];
  readonly kept: ResultOf<'import_tasks'>['kept'];
  readonly dangling: ResultOf<'import_tasks'>['dangling'];
  readonly cycles: readonly (readonly string[])[];
  readonly votes: number;
  readonly outcomes: number;
  readonly examples: number;
}

export async function bringIn(
  federation: Federation,
  found: Found,
  actor: Actor,
  {
    file,
    onProgress,
    signal,
  }: {
    readonly file: string;
    readonly onProgress: (done: number, total: number) => void;
    readonly signal: AbortSignal;
  },
): Promise<BroughtIn> {
  const { system } = found;
  const { tasks, cycles } = orderImport(found.tasks);
  const ids: [string, string][] = [];
  const [skipped, updated, kept, dangling]: [
    string[],
    BroughtIn['updated'][number][],
    BroughtIn['kept'][number][],
    BroughtIn['dangling'][number][],
  ] = [[], [], [], []];
  const total = tasks.length + found.votes.length + found.outcomes.length + found.examples.length;
  let done = 0;
  const step = (count: number): void => {
    if (count === 0) return;
    done += count;
    onProgress(done, total);
    if (!signal.aborted || done >= total) return;
    throw new OperatorError(
      'not-allowed',
      `Stopped: ${done} of ${total} are imported.`,
      'Run the same command again to go on.',
    );
  };
  // Votes first: tasks may depend on them.
  const votes = await votesFrom(federation, found, actor);
  for (const { source_id, vote_id, why } of votes.kept)
    kept.push({ source_id, task_id: vote_id, fields: ['vote'], why });
  step(found.votes.length);
  for (const batch of batches(tasks)) {
    const result = await federation.execute('import_tasks', { system, tasks: batch }, actor);
    ids.push(...Object.entries(result.ids));
    skipped.push(...result.skipped);
    updated.push(...result.updated);
    kept.push(...result.kept);
    dangling.push(...result.dangling);
    step(batch.length);
  }
  let outcomes = 0;
  for (const { source_id, ...outcome } of found.outcomes) {
    const source = { system, id: source_id };
    const { duration_minutes, ...told } = outcome;
    const { already } = await federation.execute(
      'record_outcome',
      { ...told, source, ...(duration_minutes === null ? {} : { duration_minutes }) },
      actor,
    );
    if (!already) outcomes += 1;
    step(1);
  }
  let examples = 0;
  for (let from = 0; from < found.examples.length; from += largestBatch) {
    const batch = found.examples.slice(from, from + largestBatch);
    const fingerprint = createHash('sha256').update(JSON.stringify(batch)).digest('hex').slice(0, 32);
    examples += (await federation.execute('teach_routing', { source: file, fingerprint, examples: batch }, actor))
      .taught;
    step(batch.length);
  }
  return {
    ids: Object.fromEntries(ids),
    skipped,
    updated,
    kept,
    dangling,
    cycles,
    votes: votes.brought,
    outcomes,
    examples,
  };
}

async function votesFrom(federation: Federation, { system, votes, judged }: Found, actor: Actor) {
  if (votes.length === 0) return { brought: 0, kept: [] };
  const result = await federation.execute('import_votes', { system, votes }, actor);
  for (const { source_id, right_choice } of judged) {
    const { imports, votes: here } = federation.state();
    const vote = here.get(imports.get(importKey(system, source_id))?.id ?? '');
    if (vote === undefined || vote.judged !== null || vote.status !== 'decided') continue;
    await federation.execute('judge_vote', { vote_id: vote.vote_id, right_choice }, actor);
  }
  return { brought: Object.keys(result.ids).length + result.updated.length, kept: result.kept };
}

function* batches(tasks: readonly ImportedTask[]): Generator<readonly ImportedTask[], void, undefined> {
  let batch: ImportedTask[] = [];
  let bytes = 0;
  for (const task of tasks) {
    batch.push(task);
    bytes += task.description.length + (task.notes ?? []).reduce((sum, { text }) => sum + text.length, 500);
    if (batch.length < tasksAtOnce && bytes < bytesAtOnce) continue;
    yield batch;
    [batch, bytes] = [[], 0];
  }
  if (batch.length > 0) yield batch;
}
