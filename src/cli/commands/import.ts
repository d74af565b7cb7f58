import { basename } from 'node:path';
import { z } from 'zod';
import { advise, call, type Advice } from '../../domain/advice.ts';
import { importKey } from '../../domain/tasks/import-row.ts';
import { isOpen } from '../../domain/tasks/readiness.ts';
import type { Federation } from '../../federation.ts';
import { type Found, type Remark, systems } from '../../importers/found.ts';
import { command } from '../command.ts';
import { progressOf } from '../progress.ts';
import { readImport } from '../read-import.ts';
import { type Grouped, renderImport } from '../render/render-import.ts';
import { Ended, exitCodes } from '../report-error.ts';
import { withSession } from '../session.ts';

export const importCommand = command({
  path: 'import',
  about: 'import tasks from another system',
  more: 'Imports tasks with their dependencies, comments and dates. Repeating an import adds what is new and takes over what changed there; what was changed here stays. Everything that is left out or adapted is listed (docs/import-export.md).',
  input: z.strictObject({
    file: z.string().min(1),
    from: z.enum(systems).optional(),
    reopen: z.boolean().default(false),
    dry_run: z.boolean().default(false),
  }),
  arguments: [['<file>', 'file', 'the exported file, or the folder of the project; - for standard input']],
  options: [
    ['--from <system>', 'from', 'where it comes from; default: recognised'],
    ['--reopen', 'reopen', 'import finished tasks as pending, to do them again'],
    ['--dry-run', 'dry_run', 'show what would be imported, and change nothing'],
  ],
  examples: [
    'bd export > issues.jsonl && fed import issues.jsonl',
    'gh issue list --state all --json number,title,body,state,labels,comments,createdAt,closedAt,url | fed import -',
    'fed import backlog --dry-run',
    'fed import tasks.csv --from csv',
  ],
  run: async ({ file, from = null, reopen, dry_run }, context) => {
    const { host } = context;
    const read = await readImport(file, host, from);
    await withSession(context, async ({ actor, federation, folder, show }) => {
      const { importSource } = await import('../../importers/import-source.ts');
      const brought = await importSource(read.source, from ?? read.system, optionsIn(federation, reopen));
      const found: Found = {
        ...brought,
        left_out: [...read.left_out, ...brought.left_out, ...deletedThere(federation, brought)],
        adapted: [...read.adapted, ...brought.adapted],
      };
      const isNothing =
        found.tasks.length + found.votes.length + found.outcomes.length + found.examples.length === 0 &&
        found.rules === null;
      if (isNothing || dry_run) {
        const rules = await rulesOf(found, folder, true);
        const result = {
          ...summaryOf(federation, found, rules.left_out),
          rules: rules.added,
          next: nextWithout(found, isNothing),
        };
        show(result, (terminal) => renderImport(result, terminal));
        if (isNothing && found.left_out.length > 0) throw new Ended(exitCodes.refused);
        return;
      }
      const caller = actor();
      const importer = { ...caller, provenance: { ...caller.provenance, via: 'import' as const } };
      const { bringIn } = await import('../bring-in.ts');
      const progress = progressOf(host, 'importing');
      const done = await bringIn(federation, found, importer, {
        file: file === '-' ? 'standard input' : basename(file),
        onProgress: progress.show,
        signal: host.signal,
      }).finally(progress.end);
      const rules = await rulesOf(found, folder, false);
      const result = {
        ...summaryOf(federation, found, rules.left_out),
        ...done,
        imported: Object.keys(done.ids).length,
        rules: rules.added,
        next: advise`See what is ready with ${call('list_tasks', { ready: true })}.`,
      };
      show(result, (terminal) => renderImport(result, terminal));
    });
  },
});

function optionsIn(federation: Federation, reopen: boolean) {
  const { config } = federation;
  return {
    reopen,
    agents: new Set(Object.keys(config.agents)),
    types: new Set(Object.values(config.agents).flatMap(({ types }) => types)),
    people: new Set([config.operator, ...config.people]),
    checks: new Set(Object.keys(config.checks)),
    operator: config.operator,
    now: federation.now(),
  };
}

async function rulesOf({ rules }: Found, folder: string, dryRun: boolean) {
  if (rules === null) return { added: [], left_out: [] };
  const { addRules } = await import('../../config/add-rules.ts');
  return await addRules(folder, rules, dryRun);
}

/** What an earlier import brought, was deleted there, and is still to be done here: that is for a person to say. */
function deletedThere(federation: Federation, { system, deleted }: Found): Remark[] {
  const { imports, tasks } = federation.state();
  return deleted.flatMap((id) => {
    const task = tasks.get(imports.get(importKey(system, id))?.id ?? '');
    return task === undefined || !isOpen(task)
      ? []
      : [
          {
            about: `${id} (${task.task_id})`,
            what: 'deleted there since it came, and still open here: cancel it if it is not to be done',
          },
        ];
  });
}

function summaryOf(federation: Federation, found: Found, more: readonly Remark[]) {
  const { imports } = federation.state();
  return {
    system: found.system,
    tasks: found.tasks.length,
    new: found.tasks.filter(({ source_id }) => !imports.has(importKey(found.system, source_id))).length,
    votes: found.votes.length,
    outcomes: found.outcomes.length,
    examples: found.examples.length,
    left_out: grouped([...found.left_out, ...more]),
    adapted: grouped(found.adapted),
  };
}

function nextWithout(found: Found, isNothing: boolean): Advice {
  if (!isNothing) return 'Nothing was changed; leave out --dry-run to import.';
  return found.left_out.length > 0 ? 'Nothing was imported: see what is wrong above.' : 'There was nothing to import.';
}

/** By reason, the most frequent first. */
function grouped(remarks: readonly Remark[]): Grouped[] {
  const groups = new Map<string, string[]>();
  for (const { about, what } of remarks) {
    const group = groups.get(what);
    if (group === undefined) groups.set(what, [about]);
    else group.push(about);
  }
  return [...groups.entries()]
    .map(([what, about]) => ({ what, count: about.length, about }))
    .sort((a, b) => b.count - a.count);
}
