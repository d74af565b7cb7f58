import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { z } from 'zod';
import { CallerError } from '../../domain/errors.ts';
import { largestBatch, type TaughtExample } from '../../domain/routing/teach-routing.ts';
import { command } from '../command.ts';
import { progressOf } from '../progress.ts';
import { readSource } from '../read-source.ts';
import { renderTraining } from '../render/render-routing.ts';
import { withSession } from '../session.ts';

/** Broken rows that are shown; the rest is counted. */
const shownProblems = 20;

export const train = command({
  path: 'route train',
  about: 'teach the router from a file',
  more: 'Each row is a text and the agent that is right for it: label<TAB>text, a TSV with a header that names text and label (and type), or JSONL with text and label. Broken rows are reported by line, the rest is used. The same rows teach once.',
  input: z.strictObject({ file: z.string() }),
  arguments: [['<file>', 'file', 'the labelled file; - for standard input']],
  examples: ['fed route train labelled.tsv', 'fed route train - < examples.jsonl'],
  run: async ({ file }, context) => {
    const { host } = context;
    const content = await readSource(file, host, 'Give a labelled file, or - for standard input.');
    await withSession(context, async ({ federation, actor, show }) => {
      const { parseLabelledFile, separateUnknownLabels } = await import('../../routing/labelled-file.ts');
      const agents = new Set(Object.keys(federation.config.agents));
      const { rows, problems } = separateUnknownLabels(parseLabelledFile(content), agents);
      if (rows.length === 0) {
        const [first] = problems;
        throw new CallerError(
          'invalid',
          `${file}: expected rows of a text and an agent, got none that can be used${first === undefined ? '' : ` (line ${first.line}: ${first.problem})`}.`,
          `Labels are ${[...agents].join(', ')}.`,
        );
      }
      const source = file === '-' ? 'standard input' : basename(file);
      const progress = progressOf(host, 'training');
      let [taught, repeated] = [0, 0];
      for (let from = 0; from < rows.length; from += largestBatch) {
        const batch = rows
          .slice(from, from + largestBatch)
          .map(({ text, label, type }): TaughtExample => ({ text, agent: label, type }));
        const fingerprint = createHash('sha256').update(JSON.stringify(batch)).digest('hex').slice(0, 32);
        const done = await federation.execute('teach_routing', { source, fingerprint, examples: batch }, actor());
        taught += done.taught;
        if (done.already) repeated += batch.length;
        progress.show(Math.min(rows.length, from + batch.length), rows.length);
      }
      progress.end();
      const result = {
        taught,
        taught_before: repeated,
        problems_total: problems.length,
        problems: problems.slice(0, shownProblems),
        next: 'Ask it with fed route, or measure it with fed route evaluate.',
      };
      show(result, (terminal) => renderTraining(result, terminal));
    });
  },
});
