import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call } from '../src/domain/advice.ts';
import { scheduleView } from '../src/views/schedule-view.ts';

export const switchScheduling = defineTool({
  name: 'switch_scheduling',
  title: 'Switch automatic scheduling',
  description:
    'Turn the rules that queue follow-ups on or off. While off, nothing is kept for later; a pause keeps it. Returns the rules.',
  audience: 'operator',
  core: false,
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({ on: z.boolean() }),
  async handle(input, { federation, actor }) {
    const { already } = await federation.execute('switch_scheduling', input, actor());
    const { scheduling, rules } = scheduleView(federation.state(), federation.config);
    const before = already ? `Already ${scheduling}. ` : '';
    return {
      scheduling,
      rules,
      next: input.on
        ? `${before}Finished tasks queue their follow-ups.`
        : advise`${before}Rules queue nothing until ${call('switch_scheduling', { on: true })}.`,
    };
  },
});
