import { z } from 'zod';
import { routingStrategies } from '../../domain/routing/router.ts';
import { command } from '../command.ts';
import { progressOf } from '../progress.ts';
import { readSource } from '../read-source.ts';
import { renderEvaluation } from '../render/render-routing.ts';
import { withSession } from '../session.ts';

export const evaluate = command({
  path: 'route evaluate',
  about: 'measure the strategies on labelled rows, or on own history',
  more: "How often each strategy chooses the right agent, next to two bounds: always the best single agent, and the oracle. Rows are as for fed route train; the label oos means that no agent is right. Without a file: this federation's own successes, in order, each predicted and then learned. Changes nothing.",
  input: z.strictObject({
    file: z.string().optional(),
    learn: z.boolean().default(false),
    only: z.array(z.enum(routingStrategies)).default([...routingStrategies]),
  }),
  arguments: [['[file]', 'file', 'the labelled file; - for standard input']],
  options: [
    ['--learn', 'learn', 'start with the rules alone, and learn each row after predicting it'],
    ['--only <strategy>', 'only', 'only this strategy'],
  ],
  examples: ['fed route evaluate labelled.tsv', 'fed route evaluate labelled.tsv --learn', 'fed route evaluate'],
  run: async ({ file: name, learn: fromRules, only }, context) => {
    const { host } = context;
    const next = 'Give a labelled file, or - for standard input.';
    const file = name === undefined ? null : { name, content: await readSource(name, host, next) };
    const onProgress = (label: string) => progressOf(host, label);
    await withSession(context, async ({ federation, show }) => {
      const { evaluateRouting } = await import('../../views/evaluate-routing.ts');
      const result = await evaluateRouting(federation, { file, fromRules, only, onProgress });
      show(result, (terminal) => renderEvaluation(result, terminal));
    });
  },
});
