import { z } from 'zod';
import { command, type CommandRow } from '../command.ts';
import { renderDifference } from '../render/render-difference.ts';
import { restore } from '../restore.ts';
import { openSettings, show } from '../session.ts';
import { renderTable } from '../table.ts';
import { ago } from '../times.ts';
import { restoreOptions, restoreUsages } from './backup.ts';

const nameHelp = 'an id from fed snapshot list, latest, or latest~1 for the one before';

export const snapshotCommands: readonly CommandRow[] = [
  command({
    path: 'snapshot',
    about: 'commit the store to the git repository around it',
    more:
      'Commits to refs/federation/snapshots. Work tree, index, HEAD and branches stay as they are, and no hook runs. ' +
      'Tokens, sessions and runs are left out. Servers do it hourly (snapshots.every_hours).',
    input: z.strictObject({}),
    writesFiles: () => true,
    examples: ['fed snapshot', 'fed snapshot list', 'fed snapshot restore latest'],
    run: async (_input, context) => {
      const { host, globals } = context;
      const by = globals.as ?? (host.environment['FEDERATION_AGENT'] || 'fed');
      const { snapshot, is_new } = await (await host.backups()).takeSnapshot(openSettings(context), by);
      const next = is_new ? '' : 'Nothing has changed since.';
      const said = `${is_new ? 'Snapshot' : 'The newest is still'} ${snapshot.id}: record ${snapshot.record}, ${snapshot.subject}.`;
      show(context, { ...snapshot, is_new, next }, () => said);
    },
  }),
  command({
    path: 'snapshot list',
    about: 'every snapshot, the newest first',
    input: z.strictObject({ limit: z.coerce.number().int().min(1).max(100_000).default(20) }),
    options: [['-n, --limit <count>', 'limit', 'how many; default 20']],
    examples: ['fed snapshot list', 'fed snapshot list -n 100 --json'],
    run: async ({ limit }, context) => {
      const backups = await context.host.backups();
      const { items, total } = await backups.listSnapshots(openSettings(context), limit);
      const more = total > items.length ? `${total - items.length} more: fed snapshot list -n ${total}.` : '';
      const next = total === 0 ? 'Take one with fed snapshot.' : more;
      show(context, { items, total, next }, (terminal) =>
        items.length === 0
          ? 'No snapshots.'
          : renderTable(terminal, items, [
              { title: 'ID', value: ({ id }) => id, style: () => 'bold' },
              { title: 'MADE', value: ({ made_at }) => ago(made_at, terminal) },
              { title: 'BY', value: ({ by }) => by, spare: 1 },
              { title: 'RECORD', value: ({ record }) => record, align: 'right', lead: 'record ' },
              { title: 'HOLDS', value: ({ subject }) => subject },
            ]),
      );
    },
  }),
  command({
    path: 'snapshot diff',
    about: 'what changed between two snapshots, or between one and now',
    input: z.strictObject({ from: z.string().default('latest'), to: z.string().optional() }),
    arguments: [
      ['[from]', 'from', `${nameHelp}; default latest`],
      ['[to]', 'to', 'the same; default: now'],
    ],
    examples: ['fed snapshot diff', 'fed snapshot diff latest~1 latest'],
    run: async ({ from, to = null }, context) => {
      const backups = await context.host.backups();
      const found = await backups.compareSnapshots(openSettings(context), from, to === 'now' ? null : to);
      show(context, { ...found, next: '' }, () => renderDifference(found.difference));
    },
  }),
  command({
    path: 'snapshot restore',
    about: 'restore a snapshot',
    more:
      'Sets the current store aside and puts the snapshot in its place; refused while processes of agents run. ' +
      'With --to it becomes a separate federation, and nothing is replaced.',
    input: z.strictObject({ name: z.string().min(1), ...restoreOptions }),
    arguments: [['<ref>', 'name', nameHelp]],
    options: restoreUsages,
    writesFiles: () => true,
    examples: ['fed snapshot restore latest --to /tmp/look', 'fed snapshot restore 3f2a1bc'],
    run: async ({ name, to, config }, context) => {
      await restore(context, { source: { kind: 'snapshot', name }, to, config, onlyAlone: true });
    },
  }),
];
