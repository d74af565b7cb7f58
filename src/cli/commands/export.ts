import { z } from 'zod';
import { command } from '../command.ts';
import { withSession } from '../session.ts';

const formats = ['jsonl', 'csv'] as const;

export const exportCommand = command({
  path: 'export',
  about: 'export all tasks and votes',
  more: 'Prints every task and vote as JSONL, which fed import reads back, or the tasks as a CSV table (docs/import-export.md).',
  input: z.strictObject({ format: z.enum(formats).default('jsonl') }),
  options: [['--format <format>', 'format', 'default jsonl']],
  examples: ['fed export > federation.jsonl', 'fed export --format csv > tasks.csv'],
  run: ({ format }, context) =>
    withSession(context, async ({ federation }) => {
      const { everything, exportCsvTable, exportJsonl } = await import('../../views/export-tasks.ts');
      const all = await everything(federation);
      for (const line of format === 'csv' ? exportCsvTable(all) : exportJsonl(all, federation.now()))
        context.host.out(line);
    }),
});
