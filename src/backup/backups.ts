/** Backups, snapshots and restoring, put together for the command line. */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenSettings } from '../cli/host.ts';
import type { Backups, RestoreSource } from '../cli/backups.ts';
import { ConfigFile } from '../config/load-config.ts';
import { writeGitignore } from '../config/write-default-config.ts';
import { OperatorError } from '../domain/errors.ts';
import { evolve } from '../domain/evolve.ts';
import { FederationState } from '../domain/federation-state.ts';
import { fromMillis } from '../domain/time.ts';
import type { StoredRecord } from '../store/event-store.ts';
import { openJournalStore } from '../store/journal/journal-store.ts';
import { stateDifference } from '../views/state-difference.ts';
import { unpackBackup, writeBackup } from './backup-file.ts';
import { finishInterruptedRestore, restoreBeside, restoreInto, type RestoreRequest } from './restore.ts';
import { Snapshots } from './snapshots.ts';
import { copyOf, readSound, writeCopy } from './store-copy.ts';

/** By then a living process has renewed its note. */
const renewedMs = 1_300;

export const backups: Backups = {
  async make(settings, file, force) {
    const folder = folderOf(settings);
    await finishInterruptedRestore(folder);
    const made_at = fromMillis(Date.now());
    const path = nameFor(resolve(file), made_at, force);
    const folding = new Folding();
    const copy = await copyOf(folder, folding.add);
    const about = { made_at, project: basename(dirname(resolve(folder))), tasks: folding.state.tasks.size };
    const { manifest, bytes, sha256 } = await writeBackup(copy, path, about, checkBackup);
    const { head, head_at, tasks } = manifest;
    return { file: path, bytes, sha256, record: head.seq, record_at: head_at || null, tasks };
  },

  async preview(settings, source) {
    const folder = folderOf(settings);
    await finishInterruptedRestore(folder);
    const { fill, from } = await sourceOf(folder, source);
    const [there, now] = [new Folding(), new Folding()];
    const { chain } = await withCopy(fill, (dir) => readSound(dir, there.add));
    const isReadable = await readSound(folder, now.add).then(
      () => true,
      () => false,
    );
    return {
      source: from,
      record: chain.head.seq,
      record_at: chain.headAt || null,
      difference: isReadable ? stateDifference(now.state, there.state) : null,
      running: await whoRuns(folder),
    };
  },

  async restore(settings, { source, by, config }) {
    const folder = folderOf(settings);
    const { fill, from } = await sourceOf(folder, source);
    const done = await restoreInto(folder, { fill, from, by, config, log: await logOf(folder) });
    writeGitignore(folder);
    return done;
  },

  async restoreBeside({ folder }, source, to) {
    const { fill } = await sourceOf(folder, source);
    return await restoreBeside(resolve(to), fill);
  },

  async takeSnapshot(settings, by) {
    const folder = folderOf(settings);
    await finishInterruptedRestore(folder);
    return await (await snapshotsOf(folder)).take(folder, by);
  },

  async listSnapshots(settings, most) {
    const folder = folderOf(settings);
    return await (await snapshotsOf(folder)).list(most);
  },

  async compareSnapshots(settings, from, to) {
    const folder = folderOf(settings);
    await finishInterruptedRestore(folder);
    const snapshots = await snapshotsOf(folder);
    const first = await snapshots.find(from);
    const second = to === null ? null : await snapshots.find(to);
    const [before, after] = [new Folding(), new Folding()];
    await withCopy(
      (dir) => snapshots.fill(first, dir),
      (dir) => readSound(dir, before.add),
    );
    if (second === null) await readSound(folder, after.add);
    else {
      await withCopy(
        (dir) => snapshots.fill(second, dir),
        (dir) => readSound(dir, after.add),
      );
    }
    return { from: first, to: second, difference: stateDifference(before.state, after.state) };
  },
};

/** @throws OperatorError where the federation is kept elsewhere */
function folderOf({ folder, store }: OpenSettings): string {
  if (store === undefined || store === null) return folder;
  throw new OperatorError(
    'not-allowed',
    'Backups and snapshots are of a federation in a folder, and --store or FEDERATION_STORE names a database.',
    "Use the database's own backups, or leave the store out.",
  );
}

class Folding {
  readonly state = new FederationState();

  readonly add = ({ at, commands }: StoredRecord): void => {
    for (const { by, events } of commands) for (const event of events) evolve(this.state, event, { at, by });
  };
}

function snapshotsOf(folder: string): Promise<Snapshots> {
  return Snapshots.open(resolve(folder), process.env);
}

async function sourceOf(
  folder: string,
  source: RestoreSource,
): Promise<{ readonly fill: RestoreRequest['fill']; readonly from: string }> {
  if (source.kind === 'snapshot') {
    const snapshots = await snapshotsOf(folder);
    const snapshot = await snapshots.find(source.name);
    const from = `snapshot ${snapshot.id} of ${snapshot.made_at}`;
    return { from, fill: (to) => snapshots.fill(snapshot, to) };
  }
  const path = resolve(source.path);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    throw new OperatorError('not-found', `${path} does not exist.`, 'Give the path of a backup.');
  }
  if (!found.isDirectory()) return { from: `backup ${basename(path)}`, fill: (to) => unpackBackup(path, to) };
  if (!existsSync(join(path, 'journal'))) {
    throw new OperatorError(
      'not-allowed',
      `${path} holds no federation.`,
      'Give a backup, or a folder with a journal.',
    );
  }
  if (resolve(folder) === path) {
    throw new OperatorError('not-allowed', `${path} is the federation itself.`, 'Give a backup, or another folder.');
  }
  return {
    from: `folder ${path}`,
    fill: async (to) => await writeCopy(await copyOf(path, undefined, `${path} cannot be restored`), to),
  };
}

async function checkBackup(file: string): Promise<void> {
  await withCopy(
    (dir) => unpackBackup(file, dir),
    (dir) => readSound(dir, () => undefined),
  );
}

/** In a temporary folder of this user's alone. */
async function withCopy<T>(fill: RestoreRequest['fill'], look: (dir: string) => Promise<T>): Promise<T> {
  const temporary = mkdtempSync(join(tmpdir(), 'fed-copy-'));
  try {
    const dir = join(temporary, 'store');
    await fill(dir);
    return await look(dir);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** In a folder it gets a name of its own. @throws OperatorError */
function nameFor(path: string, made_at: string, force: boolean): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) {
    return nameFor(join(path, `federation-${made_at.slice(0, 19).replaceAll(':', '-')}.tar.gz`), made_at, force);
  }
  if (found !== undefined && !force) {
    throw new OperatorError('not-allowed', `${path} exists; nothing was written.`, 'Use another name, or --force.');
  }
  if (!existsSync(dirname(path))) {
    throw new OperatorError('not-found', `The folder ${dirname(path)} does not exist.`, 'Create it, or use another.');
  }
  return path;
}

async function logOf(folder: string): Promise<string | null> {
  const config = await new ConfigFile(folder, { keepGood: false }).load().then(
    (loaded) => loaded.config,
    () => null,
  );
  return config?.log_file == null ? null : resolve(dirname(resolve(folder)), config.log_file);
}

/** The agents of processes that are seen to live. */
async function whoRuns(folder: string): Promise<string[]> {
  const store = openJournalStore({ dir: folder, readOnly: true });
  try {
    const { presence } = store;
    await presence.observe();
    if (presence.clocks().some(({ isSeenGoing }) => !isSeenGoing)) {
      await sleep(renewedMs);
      await presence.observe();
    }
    const living = presence.clocks().filter(({ isSeenGoing }) => isSeenGoing);
    return [...new Set(living.map(({ agent }) => agent))].sort();
  } finally {
    await store.close();
  }
}
