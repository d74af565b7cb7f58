import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { optimizationView } from '../src/views/optimization-view.ts';

export const optimizeRouting = defineTool({
  name: 'optimize_routing',
  title: 'Optimise routing',
  description:
    'Turn outcomes into routing bonuses. With more than 5 outcomes, an agent with proven success at a type (10% quantile of its success rate at least 0.80) gets +0.05, with proven failure (90% quantile at most 0.50) -0.05. Default: a dry run that shows every change with its evidence. apply makes the changes; revert undoes the last ones.',
  audience: 'operator',
  core: false,
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({
    apply: z.boolean().optional(),
    revert: z.boolean().optional(),
  }),
  async handle(input, { federation, actor }) {
    const result = await federation.execute('optimize_routing', input, actor());
    return { ...optimizationView(result, input.apply === true ? 'apply' : input.revert === true ? 'revert' : 'dry') };
  },
});
