/** Teaches the router from a labelled file, in commands of a size that one record holds. */
import { createHash } from 'node:crypto';
import type { Actor } from '../domain/commands.ts';
import { CallerError } from '../domain/errors.ts';
import { largestBatch } from '../domain/routing/teach-routing.ts';
import type { TaughtExample } from '../domain/routing/taught.ts';
import type { Federation } from '../federation.ts';
import { parseLabelledFile, separateUnknownLabels } from '../routing/labelled-file.ts';

/** Broken rows that are named; the rest is counted. */
const shownProblems = 20;

export interface LabelledSource {
  /** As messages call it. */
  readonly file: string;
  /** As the journal keeps it: without folders. */
  readonly source: string;
  readonly content: string;
}

/** The same rows teach once. @throws CallerError where no row can be used */
export async function trainRouter(
  federation: Federation,
  { file, source, content }: LabelledSource,
  actor: Actor,
  onProgress: (done: number, total: number) => void,
) {
  const agents = new Set(Object.keys(federation.config.agents));
  const { rows, problems } = separateUnknownLabels(parseLabelledFile(content), agents);
  if (rows.length === 0) {
    const [first] = problems;
    throw new CallerError(
      'invalid',
      `${file}: no usable rows${first === undefined ? '' : ` (line ${first.line}: ${first.problem})`}.`,
      `Labels are ${[...agents].join(', ')}.`,
    );
  }
  let [taught, taught_before] = [0, 0];
  for (let from = 0; from < rows.length; from += largestBatch) {
    const examples = rows
      .slice(from, from + largestBatch)
      .map(({ text, label, type }): TaughtExample => ({ text, agent: label, type }));
    const fingerprint = createHash('sha256').update(JSON.stringify(examples)).digest('hex').slice(0, 32);
    const done = await federation.execute('teach_routing', { source, fingerprint, examples }, actor);
    taught += done.taught;
    if (done.already) taught_before += examples.length;
    onProgress(Math.min(rows.length, from + examples.length), rows.length);
  }
  return { taught, taught_before, problems_total: problems.length, problems: problems.slice(0, shownProblems) };
}
