import { type Command, Option } from 'commander';
import { importBeads } from '../../importers/import-beads.ts';
import { examples } from '../arguments.ts';
import type { Host } from '../host.ts';
import { readSource } from '../read-source.ts';
import { renderAny } from '../render/render-any.ts';
import { withSession } from '../session.ts';

interface ImportOptions {
  readonly reopen?: boolean;
  readonly dryRun?: boolean;
}

export function addImport(program: Command, host: Host): void {
  program
    .command('import')
    .summary('bring tasks from another system')
    .description('Imports tasks with their dependencies. Repeating an import brings only what is new.')
    .argument('<file>', 'the exported file; - for standard input')
    .addOption(new Option('--from <system>', 'where it comes from').choices(['beads']).makeOptionMandatory())
    .option('--reopen', 'import finished tasks as pending, to work through them once more')
    .option('--dry-run', 'say what would be imported, and change nothing')
    .addHelpText(
      'after',
      examples(
        'bd export > issues.jsonl && fed import issues.jsonl --from beads',
        'fed import - --from beads --dry-run',
      ),
    )
    .action(async (file: string, options: ImportOptions, command: Command) => {
      const source = await readSource(file, host, 'Give the path of the exported file.');
      await withSession(host, command, async ({ actor, federation, show }) => {
        const agents = new Set(Object.keys(federation.config.agents));
        const { tasks, skipped, problems } = importBeads(source, { agents, reopen: options.reopen === true });
        const found = { tasks: tasks.length, not_work: skipped, problems };
        if (options.dryRun === true) {
          const result = { ...found, next: 'Nothing was changed; leave --dry-run out to import.' };
          show(result, (terminal) => renderAny(result, terminal));
          return;
        }
        const caller = actor();
        const importer = { ...caller, provenance: { ...caller.provenance, via: 'import' as const } };
        const imported = await federation.execute('import_tasks', { system: 'beads', tasks }, importer);
        const result = {
          ...found,
          imported: Object.keys(imported.ids).length,
          ...imported,
          next: 'See what is ready with fed queue list --ready.',
        };
        show(result, (terminal) =>
          renderAny({ ...summaryOf(result), dangling: result.dangling.slice(0, 10) }, terminal),
        );
      });
    });
}

/** For people: how many, where the list itself would fill screens. */
function summaryOf(result: {
  readonly imported: number;
  readonly skipped: readonly unknown[];
  readonly not_work: Readonly<Record<string, number>>;
  readonly dangling: readonly unknown[];
  readonly cycles: readonly unknown[];
  readonly problems: readonly unknown[];
}): Record<string, unknown> {
  return {
    imported: result.imported,
    here_already: result.skipped.length,
    not_work: Object.entries(result.not_work)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', '),
    dangling_dependencies: result.dangling.length,
    cycles: result.cycles.length,
    problems: result.problems,
  };
}
