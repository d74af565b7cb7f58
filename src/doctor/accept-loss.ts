/**
 * `fed doctor --accept-loss`: what a journal lost, shown before anything is done,
 * and the way on without it. The command line sees to it that a person asks.
 */
import { dirname, join, resolve } from 'node:path';
import { v7 as uuid } from 'uuid';
import type { LossFound, LossReport, OpenSettings } from '../cli/host.ts';
import { checkpointForm } from '../application/checkpoint-form.ts';
import { ConfigFile } from '../config/load-config.ts';
import { projectOf } from '../config/project-of.ts';
import type { Config } from '../config/schema.ts';
import type { Actor } from '../domain/commands.ts';
import { StoreError } from '../domain/errors.ts';
import type { FederationEvent } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import { FederationState } from '../domain/federation-state.ts';
import { fromMillis } from '../domain/time.ts';
import { diskFiles } from '../files/file-layer.ts';
import { withFileLock } from '../files/file-lock.ts';
import { logFileOf } from '../log/log-file.ts';
import type { StoredRecord } from '../store/event-store.ts';
import { filesKeptAside, prepareAcceptedLoss } from '../store/journal/accept-loss.ts';
import { findLoss, type Loss, lostFolder } from '../store/journal/find-loss.ts';
import { openJournalStore } from '../store/journal/journal-store.ts';
import { OutboxFile } from '../webhook/outbox.ts';
import { knownOfLoss, type KnownOfLoss } from '../backup/known-of-loss.ts';

const mostNamed = 200;

/**
 * Reads everything and changes nothing.
 * @throws ConfigurationError, StoreError where a newer version wrote the journal, or it cannot be read.
 */
export async function lookForLoss({ folder }: OpenSettings): Promise<LossFound> {
  const { config } = await new ConfigFile(folder, { keepGood: false }).load();
  const found = await look(folder, config);
  return { config, loss: found === null ? null : found.report };
}

/**
 * Goes on without what `shown` says is lost, in the name of `actor`.
 * @returns the number of the record that says so.
 * @throws StoreError `store-unavailable`: something else is lost by now, or the disk does not take it.
 */
export async function acceptLoss({ folder }: OpenSettings, shown: LossReport, actor: Actor): Promise<number> {
  const { config } = await new ConfigFile(folder, { keepGood: false }).load();
  return await withFileLock(join(folder, 'accept-loss.lock'), async () => {
    const found = await look(folder, config);
    if (found?.report.message !== shown.message || found.report.kept.hash !== shown.kept.hash) {
      throw new StoreError(
        'store-unavailable',
        'The journal has changed since it was examined; nothing was done.',
        'Run `fed doctor --accept-loss` again: it shows what is lost now.',
      );
    }
    const { loss, clock, known } = found;
    const now = fromMillis(Date.now());
    const { record, commit } = prepareAcceptedLoss(diskFiles, folder, loss, {
      at: now > clock ? now : clock,
      commands: [{ id: uuid(), by: actor.name, ...actor.provenance, events: [lossAccepted(loss, known)] }],
    });
    await goOn(folder, config, record, commit);
    // What is escalated from here on takes the numbers of what is lost.
    await new OutboxFile(folder).goBackTo(loss.kept.seq);
    return record.seq;
  });
}

interface Look {
  readonly loss: Loss;
  readonly known: KnownOfLoss;
  readonly clock: string;
  readonly report: LossReport;
}

async function look(folder: string, config: Config): Promise<Look | null> {
  const state = new FederationState();
  const loss = await findLoss(diskFiles, folder, ({ at, commands }) => {
    for (const { by, events } of commands) for (const event of events) evolve(state, event, { at, by });
  });
  if (loss === null) return null;
  await refuseWhileItWorks(folder, loss);
  const known = await knownOfLoss(folder, loss, state, logPath(folder, config));
  const report: LossReport = {
    message: loss.fault.message,
    kept: { ...loss.kept, at: loss.keptAt === '' ? null : loss.keptAt },
    lost_through: known.through,
    readable_records: known.readable,
    tasks: known.tasks,
    votes: known.votes,
    kept_in: join(folder, lostFolder(loss)),
    files: filesKeptAside(folder, loss),
  };
  return { loss, known, clock: state.clock, report };
}

/** From a checkpoint behind the damage everything goes on, and nothing has to be given up. */
async function refuseWhileItWorks(folder: string, { fault }: Loss): Promise<void> {
  const store = openJournalStore({ dir: folder, readOnly: true });
  try {
    await store.open(checkpointForm);
    store.refresh();
    for (const _record of store.read());
    if (store.fault !== null) return;
    throw new StoreError(
      'corrupt-store',
      `Nothing is lost yet: the federation continues from its checkpoint. Only its history is damaged. ${fault.message}`,
      'Put the journal back from a backup, and keep db.json: without it, everything after the damage is lost.',
    );
  } finally {
    await store.close();
  }
}

function lossAccepted(loss: Loss, { through, tasks, votes, lastIds }: KnownOfLoss): FederationEvent {
  return {
    type: 'loss_accepted',
    kept: loss.kept,
    lost_through: through,
    reason: loss.fault.message,
    tasks: tasks.slice(0, mostNamed).map(({ id }) => id),
    votes: votes.slice(0, mostNamed).map(({ id }) => id),
    last_ids: lastIds,
    kept_in: lostFolder(loss),
  };
}

async function goOn(folder: string, config: Config, record: StoredRecord, commit: () => void): Promise<void> {
  const store = openJournalStore({ dir: folder, readOnly: true });
  try {
    const file = logFileOf(config, { folder, project: projectOf(folder), records: store });
    if (file === null) commit();
    else await file.goOnWith(record, commit);
  } finally {
    await store.close();
  }
}

function logPath(folder: string, { log_file }: Config): string | null {
  return log_file === null ? null : resolve(dirname(resolve(folder)), log_file);
}
