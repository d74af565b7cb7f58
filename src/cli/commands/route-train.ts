import { basename } from 'node:path';
import { z } from 'zod';
import { command } from '../command.ts';
import { progressOf } from '../progress.ts';
import { readSource } from '../read-source.ts';
import { renderTraining } from '../render/render-routing.ts';
import { withSession } from '../session.ts';

export const train = command({
  path: 'route train',
  about: 'train the router from a file',
  more: 'Each row is a text and the right agent for it: label<TAB>text, a TSV with a header that names text and label (and type), or JSONL with text and label. Invalid rows are reported by line, the rest is used. A repeated row counts once.',
  input: z.strictObject({ file: z.string() }),
  arguments: [['<file>', 'file', 'the labelled file; - for standard input']],
  examples: ['fed route train labelled.tsv', 'fed route train - < examples.jsonl'],
  run: async ({ file }, context) => {
    const { host } = context;
    const content = await readSource(file, host, 'Give a labelled file, or - for standard input.');
    const source = file === '-' ? 'standard input' : basename(file);
    await withSession(context, async ({ federation, actor, show }) => {
      const { trainRouter } = await import('../../application/train-router.ts');
      const progress = progressOf(host, 'training');
      const trained = await trainRouter(federation, { file, source, content }, actor(), progress.show);
      progress.end();
      const next = 'Ask it with fed route, or measure it with fed route evaluate.';
      show({ ...trained, next }, (terminal) => renderTraining(trained, terminal));
    });
  },
});
