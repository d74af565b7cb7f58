/**
 * `fed copy`: moves a federation between its folder and PostgreSQL. The chain goes byte for byte, what is shared beside it
 * too; the copy is read back and compared before the old place is marked.
 */
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CopyReport, CopyRequest } from '../cli/host.ts';
import { CallerError, StoreError } from '../domain/errors.ts';
import { listed } from '../domain/phrases.ts';
import { quote } from '../domain/text.ts';
import type { SharedDocuments } from '../files/shared-document.ts';
import { makeOwnFolder } from '../files/modes.ts';
import { projectOf } from '../config/project-of.ts';
import { type ChainEnd, compareChains, headOf } from '../store/chain-end.ts';
import type { EventStore, Position } from '../store/event-store.ts';
import { openJournalStore } from '../store/journal/journal-store.ts';
import { privateFolder } from '../tokens/token-file.ts';
import { documentsIn, markMoved, unmark, refuseMoved } from './moved.ts';

interface Place {
  readonly shown: string;
  /** `null`: PostgreSQL. */
  readonly folder: string | null;
  readonly store: Pick<EventStore, 'presence' | 'close'>;
  readonly end: ChainEnd;
  readonly documents: SharedDocuments;
}

/** Living processes raise their counters at least this often. */
const signOfLifeMs = 2_500;
const copied = ['tokens', 'token-uses', 'webhook'];
/** Somebody who began just then is caught up with; who goes on writing is told to stop. */
const mostRounds = 3;

/** @throws FederationError; nothing is changed at the source then, and nothing half at the target */
export async function copyFederation(request: CopyRequest): Promise<CopyReport> {
  const source = await openPlace(request.store ?? request.folder, request.folder, false);
  try {
    await refuseMoved(source.documents, source.shown);
    await refuseWhileInUse(source);
    const target = await openPlace(request.to, request.folder, true);
    try {
      if (target.shown === source.shown) {
        throw new CallerError('invalid', 'to: the federation is there already', 'Name another place.', 'to');
      }
      return await copy(source, target, request.keep);
    } finally {
      await target.store.close();
    }
  } finally {
    await source.store.close();
  }
}

async function copy(source: Place, target: Place, keep: boolean): Promise<CopyReport> {
  let added = 0;
  let isMarked = false;
  let common = 0;
  let commands = 0;
  let head: Position = { seq: 0, hash: '' };
  try {
    for (let round = 1; ; round += 1) {
      const difference = await compareChains(source.end, target.end);
      await target.end.extend(difference.common, difference.missing);
      added += difference.missing.length;
      if (round === 1) common = difference.common.length;
      commands = [...difference.common, ...difference.missing].reduce((sum, line) => sum + line.commands, 0);
      head = await headOf(target.end);
      if (!keep && !isMarked) await markMoved(source.documents, target.shown);
      isMarked = !keep;
      const there = await headOf(source.end);
      if (there.seq === head.seq && there.hash === head.hash) break;
      if (round === mostRounds) {
        throw new CallerError(
          'wrong-state',
          `${source.shown} is being written to.`,
          'Stop what writes, then try again.',
        );
      }
    }
    await copyDocuments(source, target);
    await unmark(target.documents, target.folder);
  } catch (error) {
    if (isMarked) await unmark(source.documents, source.folder);
    throw error;
  }
  return { from: source.shown, to: target.shown, records: common + added, added, commands, ...head, moved: !keep };
}

/** Tokens and the outbox, where the target has none. */
async function copyDocuments(source: Place, target: Place): Promise<void> {
  for (const name of copied) {
    const from = source.documents(name);
    await from.look();
    const content = from.read();
    if (content === null || content === '') continue;
    if (target.folder !== null) makeOwnFolder(resolve(target.folder, privateFolder));
    await target.documents(name).change((before) => (before === null || before === '' ? content : null));
  }
}

/** Who is dead still has a note there; who lives raises its counter while one looks. */
async function refuseWhileInUse({ store: { presence }, shown }: Place): Promise<void> {
  await presence.observe();
  if (presence.list().length === 0) return;
  const begun = performance.now();
  while (performance.now() - begun < signOfLifeMs) {
    await sleep(100);
    await presence.observe();
  }
  const elapsed = performance.now() - begun;
  const alive = presence.list().filter(({ silentFor }) => silentFor < elapsed - 50);
  if (alive.length === 0) return;
  const who = alive.map(({ agent, client }) => (client === null ? agent : `${agent} (${client})`));
  throw new CallerError(
    'wrong-state',
    `${shown} is in use by ${listed([...new Set(who)])}.`,
    'Stop them first: what they write meanwhile would not be in the copy.',
  );
}

async function openPlace(named: string, folder: string, isTarget: boolean): Promise<Place> {
  const { addressOf, isPostgresUrl } = await import('../store/postgres/address.ts');
  const isUrl = isPostgresUrl(named) || /^[a-z][a-z0-9+.-]+:\/\//i.test(named);
  if (!isUrl) {
    const place = resolve(named);
    if (!isTarget && !existsSync(place)) {
      throw new StoreError('store-unavailable', `${quote(place)} does not exist.`, 'Create it with fed init.');
    }
    const store = openJournalStore({ dir: place, readOnly: true });
    return { shown: place, folder: place, store, end: store.end, documents: documentsIn(place) };
  }
  const { PostgresStore } = await import('../store/postgres/postgres-store.ts');
  const address = addressOf(named, basename(projectOf(folder).dir), process.env);
  const store = new PostgresStore({ address, create: isTarget });
  try {
    await store.open(null);
  } catch (error) {
    await store.close();
    throw error;
  }
  return { shown: address.shown, folder: null, store, end: store.end, documents: store.documents };
}
