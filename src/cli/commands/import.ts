import { z } from 'zod';
import { importBeads } from '../../importers/import-beads.ts';
import { advise, call } from '../../domain/advice.ts';
import { command } from '../command.ts';
import { readSource } from '../read-source.ts';
import { Ended, exitCodes } from '../report-error.ts';
import { renderImport } from '../render/render-import.ts';
import { withSession } from '../session.ts';

export const importCommand = command({
  path: 'import',
  about: 'import tasks from another system',
  more: 'Imports tasks with their dependencies. Repeating an import adds only what is new.',
  input: z.strictObject({
    file: z.string(),
    from: z.enum(['beads']),
    reopen: z.boolean().default(false),
    dry_run: z.boolean().default(false),
  }),
  arguments: [['<file>', 'file', 'the exported file; - for standard input']],
  options: [
    ['--from <system>', 'from', 'where it comes from'],
    ['--reopen', 'reopen', 'import finished tasks as pending, to do them again'],
    ['--dry-run', 'dry_run', 'show what would be imported, and change nothing'],
  ],
  examples: ['bd export > issues.jsonl && fed import issues.jsonl --from beads', 'fed import - --from beads --dry-run'],
  run: async ({ file, reopen, dry_run }, context) => {
    const source = await readSource(file, context.host, 'Give the path of the exported file.');
    await withSession(context, async ({ actor, federation, show }) => {
      const agents = new Set(Object.keys(federation.config.agents));
      const { tasks, skipped, problems } = importBeads(source, { agents, reopen });
      const found = { tasks: tasks.length, not_work: skipped, problems };
      if (tasks.length === 0 && problems.length > 0) {
        show({ ...found, next: 'Nothing was imported: fix the lines above.' }, (terminal) =>
          renderImport(found, terminal),
        );
        throw new Ended(exitCodes.refused);
      }
      if (dry_run) {
        const next = 'Nothing was changed; leave out --dry-run to import.';
        show({ ...found, next }, (terminal) => renderImport(found, terminal));
        return;
      }
      const caller = actor();
      const importer = { ...caller, provenance: { ...caller.provenance, via: 'import' as const } };
      const done = await federation.execute('import_tasks', { system: 'beads', tasks }, importer);
      const result = {
        ...found,
        imported: Object.keys(done.ids).length,
        ...done,
        next: advise`See what is ready with ${call('list_tasks', { ready: true })}.`,
      };
      show(result, (terminal) => renderImport(result, terminal));
    });
  },
});
