/** Restoring from the command line: shows what would change, asks, and says what became of everything. */
import { resolve } from 'node:path';
import { dirForInit, findDir } from '../config/find-dir.ts';
import { ConfigFile } from '../config/load-config.ts';
import { type Config, defaultConfig } from '../config/schema.ts';
import { OperatorError } from '../domain/errors.ts';
import { plural } from '../domain/phrases.ts';
import type { Restored, RestorePreview, RestoreSource } from './backups.ts';
import type { OpenSettings } from './host.ts';
import { countsOf, renderDifference } from './render/render-difference.ts';
import { Ended, exitCodes, warn } from './report-error.ts';
import { openSettings, type RunContext, show } from './session.ts';
import { whoActs } from './who-acts.ts';

export interface RestoreInput {
  readonly source: RestoreSource;
  readonly to: string | undefined;
  readonly config: boolean;
  /** Refuses while other processes run. */
  readonly onlyAlone: boolean;
}

export async function restore(context: RunContext, { source, to, config, onlyAlone }: RestoreInput): Promise<void> {
  const { host, globals } = context;
  const settings = placeFor(context);
  const backups = await host.backups();
  if (to !== undefined) {
    const done = await backups.restoreBeside(settings, source, resolve(host.workingFolder ?? '', to));
    const next = `Look at it with fed status --dir ${to}.`;
    show(context, { ...done, folder: to, next }, () => inWords(done, to));
    return;
  }
  const by = await personActing(context, settings);
  const json = globals.json === true;
  const isAsking = globals.yes !== true;
  if (isAsking || onlyAlone) {
    const preview = await backups.preview(settings, source);
    if (onlyAlone && preview.running.length > 0) throw stillRunning(preview.running);
    if (isAsking) {
      if (!json) host.out(`${previewInWords(preview, settings.folder)}\n`);
      const isSure = host.interactive && !json && /^y(?:es)?$/i.test((await host.ask('Restore it? [y/N] ')).trim());
      if (!isSure) {
        const next =
          host.interactive && !json ? 'Nothing was changed.' : 'Nothing was changed. Add --yes to restore it.';
        show(context, { restored: false, preview, next }, () => '');
        throw new Ended(exitCodes.refused);
      }
    }
  }
  const done = await backups.restore(settings, { source, by, config });
  await host.rebuildLog(settings).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    warn(host, 'fed:', `The readable log was not rewritten: ${message}`, 'Rewrite it with fed log --rebuild.');
  });
  const undo = done.kept_in === null ? '' : ` To go back: fed restore ${done.kept_in}.`;
  const next = `See fed status. Running servers continue by themselves.${undo}`;
  show(context, { restored: true, folder: settings.folder, ...done, next }, () => inWords(done, settings.folder));
}

/** Where there is no federation yet, as for `fed init`. */
function placeFor(context: RunContext): OpenSettings {
  const { environment, workingFolder: cwd } = context.host;
  const where = { option: context.globals.dir, environment, cwd };
  return findDir(where).exists ? openSettings(context) : { folder: dirForInit(where) };
}

async function personActing({ host, globals }: RunContext, { folder }: OpenSettings) {
  const { environment, interactive } = host;
  const config: Config = await new ConfigFile(folder, { keepGood: false }).load().then(
    (loaded) => loaded.config,
    () => defaultConfig,
  );
  const actor = whoActs({ as: globals.as, environment, interactive }, config);
  if (actor.kind === 'person') return actor;
  throw new OperatorError(
    'not-allowed',
    `Only a person can replace the store; ${actor.name} is an agent.`,
    `Ask ${config.operator}, or restore into another folder with --to FOLDER.`,
  );
}

function stillRunning(running: readonly string[]): OperatorError {
  return new OperatorError(
    'not-allowed',
    `Processes of ${running.join(', ')} are running; nothing was changed.`,
    'Close them and try again, or restore into another folder with --to FOLDER.',
  );
}

function previewInWords({ source, record, record_at, difference, running }: RestorePreview, folder: string): string {
  const at = record_at === null ? '' : ` (${record_at})`;
  return [
    `Restore ${source} into ${folder}: up to record ${record}${at}.`,
    difference === null ? 'What is there now cannot be read completely.' : renderDifference(difference),
    ...(running.length === 0 ? [] : [`Running now: ${running.join(', ')}. What they do until then is set aside, too.`]),
  ].join('\n');
}

function inWords({ head, head_at, tasks, record, given_up, kept_in, config }: Restored, folder: string): string {
  const counts = countsOf(given_up.tasks, given_up.votes);
  return [
    head.seq === 0
      ? `Restored into ${folder}; it is empty.`
      : `Restored into ${folder}: up to record ${head.seq} (${head_at}), ${plural(tasks, 'task')}.`,
    ...(record === null ? [] : [`Given up: ${counts === '' ? 'later records' : counts}; record ${record} says so.`]),
    ...(kept_in === null ? [] : [`The replaced store is kept in ${kept_in}.`]),
    ...(config === 'kept' ? ['config.json differs and was kept; replace it with --config.'] : []),
  ].join('\n');
}
