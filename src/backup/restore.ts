/**
 * Puts a copy of the store in the place of the one there is.
 *
 * 1. What is to come is unpacked and checked in a folder beside the store, `restoring.<id>.tmp`.
 * 2. That becomes `restoring`. From here on nobody begins a journal where there is none.
 * 3. The old journal moves aside, into `replaced/<time>/`: nobody writes any more. If it has grown since step 1, it
 *    moves back, and everything begins again.
 * 4. The other files move aside, the new ones into place, the journal last.
 * 5. `restoring` is removed.
 *
 * All of it is renaming, which needs no space. Killed before step 3, the old store is whole and `restoring` goes;
 * killed after it, the next command goes on with step 4.
 *
 * Where records are given up that somebody acknowledged, the new journal ends with a record that says so
 * (`loss_accepted`), and `accepted-loss.json` names it: processes that were running read everything again and go on.
 * Where nothing is given up, the journal is restored as it was, to the byte.
 */
import { existsSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { v4 as randomId, v7 as commandId } from 'uuid';
import { z } from 'zod';
import { OperatorError, StoreError } from '../domain/errors.ts';
import type { Restored } from '../cli/backups.ts';
import type { Actor } from '../domain/commands.ts';
import type { FederationEvent } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import { FederationState } from '../domain/federation-state.ts';
import { fromMillis } from '../domain/time.ts';
import { diskFiles, type FileLayer } from '../files/file-layer.ts';
import { withFileLock } from '../files/file-lock.ts';
import { makeOwnFolder } from '../files/modes.ts';
import { writeWhole } from '../files/write-whole.ts';
import { origin, type Position, type StoredRecord } from '../store/event-store.ts';
import { type AcceptedLoss, holds, readAcceptedLosses, writeAcceptedLosses } from '../store/journal/accepted-losses.ts';
import { isBeingRestored, restoringFolder } from '../store/journal/being-restored.ts';
import { type Claim, lackingClaims, lossInForce, readClaims } from '../store/journal/claims.ts';
import { readWhole, type WholeJournal } from '../store/journal/read-whole.ts';
import { encodeRecord } from '../store/journal/record-codec.ts';
import { journalFolder, segmentPath, segmentsIn } from '../store/journal/segments.ts';
import { keepPace } from '../store/keep-pace.ts';
import { OutboxFile } from '../webhook/outbox.ts';
import { knownOfLoss } from './known-of-loss.ts';
import { configFile, isCopied, refusal, syncFolders } from './store-copy.ts';

const mostTries = 3;
const mostNamed = 200;
/** Follow from the journal, and would be those of the one that is replaced. */
const derived = ['db.json', 'router.bin'];
const lastGood = 'config.last-good.json';

const planSchema = z.object({
  /** Below the folder of the federation. */
  aside: z.string(),
  /** Files of the new store that are in `new/`, apart from the journal. */
  put: z.array(z.string()),
  /** The last file of the journal that is replaced, as it was examined; null: there was none. */
  last: z.object({ segment: z.int(), size: z.int() }).nullable(),
  /** Up to which record the inbox items of the new journal have been looked through for the webhook, at most. */
  kept: z.int(),
});
type Plan = z.infer<typeof planSchema>;

export interface RestoreRequest {
  /** Makes the folder, with the files of the copy in it. */
  readonly fill: (to: string) => Promise<unknown>;
  /** Where the copy comes from, for the record. */
  readonly from: string;
  readonly by: Actor;
  /** Also replaces a configuration that is there. */
  readonly config: boolean;
  /** The readable log, which may know of what is given up. */
  readonly log: string | null;
}

/** Into the place of the store in `dir`. @throws FederationError; then the store is as it was. */
export async function restoreInto(
  dir: string,
  request: RestoreRequest,
  files: FileLayer = diskFiles,
): Promise<Restored> {
  makeOwnFolder(dir);
  return await withFileLock(join(dir, 'restore.lock'), async () => {
    await resume(dir, files);
    for (let tried = 1; ; tried += 1) {
      const { plan, result } = await prepare(dir, request, files);
      try {
        if (await putInPlace(dir, plan, files)) return result;
      } catch (error) {
        attempt(() => takeBack(dir, plan, files));
        throw refusal('put the restored store in place', error);
      }
      if (tried === mostTries) {
        throw new StoreError(
          'store-unavailable',
          'The journal keeps growing while it is being replaced; nothing was changed.',
          'Pause the federation (fed pause) or close what writes to it, then try again.',
        );
      }
    }
  });
}

/** As a federation of its own, in a folder that is not there yet or is empty. @throws FederationError */
export async function restoreBeside(to: string, fill: RestoreRequest['fill']): Promise<Restored> {
  if (existsSync(to) && readdirSync(to).length > 0) {
    throw new OperatorError('not-allowed', `${to} is not empty; nothing was changed.`, 'Name a folder that is new.');
  }
  const temporary = `${to}.${randomId()}.tmp`;
  try {
    makeOwnFolder(temporary);
    rmSync(temporary, { recursive: true });
    await fill(temporary);
    const { whole, state } = await examineCopy(temporary);
    renameSync(temporary, to);
    diskFiles.syncFolder(join(to, '..'));
    const config = existsSync(join(to, configFile)) ? 'restored' : 'none';
    return { ...described(whole, state), record: null, given_up: { tasks: [], votes: [] }, kept_in: null, config };
  } catch (error) {
    throw refusal(`restore into ${to}`, error);
  } finally {
    removeAll(temporary);
  }
}

/**
 * Finishes or takes back what a killed restore left, if there is anything. Waits for one that is under way.
 * @returns what was done, for people; null: there was nothing to do.
 */
export async function finishInterruptedRestore(dir: string): Promise<string | null> {
  if (!isBeingRestored(dir)) return null;
  return await withFileLock(join(dir, 'restore.lock'), async () => {
    const left = interruptedRestore(dir);
    try {
      await resume(dir, diskFiles);
    } catch (error) {
      throw refusal('finish the interrupted restore', error);
    }
    if (left === null) return null;
    return left === 'finish'
      ? 'An interrupted restore was finished; the store it replaced is in .federation/replaced/.'
      : 'An interrupted restore had replaced nothing and was cleared away; the store is as it was.';
  });
}

/** What `finishInterruptedRestore` would do; null: nothing. */
export function interruptedRestore(dir: string): 'take-back' | 'finish' | null {
  if (!isBeingRestored(dir)) return null;
  return isToFinish(dir) ? 'finish' : 'take-back';
}

async function resume(dir: string, files: FileLayer): Promise<void> {
  for (const name of readdirSync(dir)) {
    if (/^restoring\.[0-9a-f-]{36}\.tmp$/.test(name)) removeAll(join(dir, name));
  }
  if (!isBeingRestored(dir)) return;
  const plan = readPlan(dir);
  if (plan !== null && isToFinish(dir)) await putInPlace(dir, plan, files);
  else removeAll(restoringFolder(dir));
}

/** The old journal has moved aside, or there was none. */
function isToFinish(dir: string): boolean {
  return !existsSync(journalFolder(dir)) || !existsSync(journalFolder(newFolder(dir)));
}

function newFolder(dir: string): string {
  return join(restoringFolder(dir), 'new');
}

function readPlan(dir: string): Plan | null {
  try {
    return planSchema.parse(JSON.parse(readFileSync(join(restoringFolder(dir), 'plan.json'), 'utf8')));
  } catch {
    return null;
  }
}

async function prepare(
  dir: string,
  request: RestoreRequest,
  files: FileLayer,
): Promise<{ plan: Plan; result: Restored }> {
  const temporary = join(dir, `restoring.${randomId()}.tmp`);
  try {
    const to = join(temporary, 'new');
    makeOwnFolder(temporary);
    await request.fill(to);
    const { whole, state } = await examineCopy(to);
    const last = lastFile(dir, files);
    const aside = freeName(dir);
    const { kept, ...given } = await giveUp(dir, to, { whole, state, request, aside, files });
    const config = settleConfig(dir, to, request.config);
    const put = readdirSync(to).filter((name) => name !== 'journal' && isCopied(name));
    const plan: Plan = { aside, put, last, kept };
    writeWhole(join(temporary, 'plan.json'), JSON.stringify(plan));
    syncFolders(to);
    files.rename(temporary, restoringFolder(dir));
    files.syncFolder(dir);
    const kept_in = last === null ? null : join(dir, aside);
    return { plan, result: { ...described(whole, state), ...given, kept_in, config } };
  } catch (error) {
    removeAll(temporary);
    throw refusal('prepare the restore', error);
  }
}

/** @throws OperatorError where its chain is not whole; nothing has been changed then. */
async function examineCopy(dir: string): Promise<{ whole: WholeJournal; state: FederationState }> {
  const state = new FederationState();
  const whole = await readWhole(diskFiles, dir, ({ at, commands }) => {
    for (const { by, events } of commands) for (const event of events) evolve(state, event, { at, by });
  });
  if (whole.fault === null) return { whole, state };
  throw new OperatorError(
    'not-allowed',
    `This cannot be restored: ${whole.fault.message} Nothing was changed.`,
    whole.fault.code === 'corrupt-store' ? 'Use another backup.' : whole.fault.next,
  );
}

function described({ chain }: WholeJournal, { tasks, votes }: FederationState) {
  return { head: chain.head, head_at: chain.headAt, tasks: tasks.size, votes: votes.size };
}

interface Found {
  readonly whole: WholeJournal;
  readonly state: FederationState;
  readonly request: RestoreRequest;
  readonly aside: string;
  readonly files: FileLayer;
}

/** What was acknowledged and is not in the copy is given up, on record. */
async function giveUp(
  dir: string,
  to: string,
  found: Found,
): Promise<Pick<Restored, 'record' | 'given_up'> & { kept: number }> {
  const { chain } = found.whole;
  const losses = merged(readAcceptedLosses(dir), readAcceptedLosses(to));
  const before = await readWhole(found.files, dir, () => undefined).catch(() => null);
  const claims: readonly Claim[] = [...readClaims(dir), ...(before === null ? [] : [ownClaim(before, losses)])];
  const lacking = lackingClaims(chain, claims, losses);
  if (lacking.length === 0) {
    if (losses.length > 0) writeAcceptedLosses(to, losses);
    return { record: null, given_up: { tasks: [], votes: [] }, kept: chain.head.seq };
  }
  const kept = keptOf(chain, before?.chain ?? null, lacking);
  const { state, request, aside } = found;
  const [segment = 1, ...later] = segmentsIn(dir);
  const gone = { kept, claims: lacking, segment, later };
  const known = await knownOfLoss(dir, gone, state, request.log);
  const given_up = { tasks: known.tasks.map(({ id }) => id), votes: known.votes.map(({ id }) => id) };
  const record = appendRecord(to, found, {
    type: 'loss_accepted',
    kept,
    lost_through: known.through,
    reason: `Restored from ${request.from}`,
    tasks: given_up.tasks.slice(0, mostNamed),
    votes: given_up.votes.slice(0, mostNamed),
    last_ids: known.lastIds,
    kept_in: aside,
  });
  writeAcceptedLosses(to, [...losses, { kept, record: { seq: record.seq, hash: record.hash } }]);
  return { record: record.seq, given_up, kept: kept.seq };
}

/** What the process that wrote the last record there acknowledged, or was about to. */
function ownClaim({ chain }: WholeJournal, losses: readonly AcceptedLoss[]): Claim {
  return { position: chain.head, era: lossInForce(chain, losses)?.record.hash ?? null, source: 'the journal' };
}

/** Both lists in their order; of what both have, once. */
function merged(here: readonly AcceptedLoss[], there: readonly AcceptedLoss[]): readonly AcceptedLoss[] {
  const known = new Set(here.map(({ record }) => record.hash));
  return [...here, ...there.filter(({ record }) => !known.has(record.hash))];
}

/** The last record that both have, as far as that can be told: what was acknowledged behind it is given up. */
function keptOf(chain: Chain, before: Chain | null, lacking: readonly Claim[]): Position {
  let seq = Math.min(chain.head.seq, ...lacking.map(({ position }) => position.seq - 1));
  if (before === null) seq = 0;
  else if (!holds(chain, before.head)) {
    while (seq > 0 && chain.hashAt(seq) !== before.hashAt(seq)) seq -= 1;
  }
  return { seq, hash: chain.hashAt(seq) ?? origin.hash };
}

type Chain = Pick<WholeJournal['chain'], 'head' | 'hashAt'>;

/** Behind the last record of a copy, which nobody else knows yet. */
function appendRecord(to: string, { whole, state, request, files }: Found, event: FederationEvent): StoredRecord {
  const { head, headAt } = whole.chain;
  const now = fromMillis(Date.now());
  const at = keepPace(now > state.clock ? now : state.clock, headAt);
  const { name, provenance } = request.by;
  const commands = [{ id: commandId(), by: name, ...provenance, events: [event] }];
  const { line, hash } = encodeRecord({ seq: head.seq + 1, at, prev: head.hash }, commands);
  const descriptor = files.openForAppending(segmentPath(to, segmentsIn(to).at(-1) ?? 1));
  try {
    for (let done = 0; done < line.length;) done += files.append(descriptor, line.subarray(done));
    files.syncNow(descriptor);
  } finally {
    files.close(descriptor);
  }
  return { seq: head.seq + 1, at, hash, commands };
}

function settleConfig(dir: string, to: string, isReplaced: boolean): Restored['config'] {
  const [here, there] = [join(dir, configFile), join(to, configFile)];
  if (!existsSync(there)) return 'none';
  if (!existsSync(here)) return 'restored';
  const isSame = readFileSync(here).equals(readFileSync(there));
  if (isSame || !isReplaced) rmSync(there);
  return isSame ? 'same' : isReplaced ? 'restored' : 'kept';
}

function lastFile(dir: string, files: FileLayer): Plan['last'] {
  const segment = segmentsIn(dir).at(-1);
  const size = segment === undefined ? undefined : files.facts(segmentPath(dir, segment))?.size;
  return segment === undefined || size === undefined ? null : { segment, size };
}

/** `replaced/2026-11-28T13-45-03`, or with a number behind it. */
function freeName(dir: string): string {
  const name = `replaced/${fromMillis(Date.now()).slice(0, 19).replaceAll(':', '-')}`;
  for (let count = 1; ; count += 1) {
    const path = count === 1 ? name : `${name}.${count}`;
    if (!existsSync(join(dir, path))) return path;
  }
}

/** False: the journal has grown since it was examined, and everything is as it was. */
async function putInPlace(dir: string, plan: Plan, files: FileLayer): Promise<boolean> {
  const aside = join(dir, plan.aside);
  const fresh = newFolder(dir);
  const journal = journalFolder(dir);
  if (existsSync(journalFolder(fresh))) {
    files.makeFolder(aside);
    if (existsSync(journal)) files.rename(journal, journalFolder(aside));
    files.syncFolder(dir);
    if (!isAsExamined(aside, plan, files)) {
      takeBack(dir, plan, files);
      return false;
    }
    // The old one first: whoever is killed between the two finds it aside, and the new one still to be put.
    for (const name of plan.put.filter((one) => existsSync(join(fresh, one)))) {
      moveAside(dir, aside, name, files);
      files.rename(join(fresh, name), join(dir, name));
    }
    files.rename(journalFolder(fresh), journal);
    files.syncFolder(dir);
  }
  for (const name of [...derived, ...(plan.put.includes(configFile) ? [lastGood] : [])]) {
    moveAside(dir, aside, name, files);
  }
  await new OutboxFile(dir).goBackTo(plan.kept);
  // Empty where there was nothing to keep.
  for (const folder of [aside, dirname(aside)]) attempt(() => rmdirSync(folder));
  removeAll(restoringFolder(dir));
  return true;
}

function moveAside(dir: string, aside: string, name: string, files: FileLayer): void {
  if (!existsSync(join(dir, name))) return;
  if (existsSync(join(aside, name))) files.remove(join(dir, name));
  else files.rename(join(dir, name), join(aside, name));
}

/** Before the new journal is in place. */
function takeBack(dir: string, { aside, put }: Plan, files: FileLayer): void {
  if (!existsSync(journalFolder(newFolder(dir)))) return;
  const fresh = newFolder(dir);
  for (const name of put) {
    if (!existsSync(join(fresh, name))) files.rename(join(dir, name), join(fresh, name));
    if (existsSync(join(dir, aside, name))) files.rename(join(dir, aside, name), join(dir, name));
  }
  if (existsSync(journalFolder(join(dir, aside)))) files.rename(journalFolder(join(dir, aside)), journalFolder(dir));
  files.syncFolder(dir);
  for (const folder of [aside, dirname(aside)]) attempt(() => rmdirSync(join(dir, folder)));
  removeAll(restoringFolder(dir));
}

function isAsExamined(aside: string, { last }: Plan, files: FileLayer): boolean {
  const now = lastFile(aside, files);
  return now?.segment === last?.segment && now?.size === last?.size;
}

function removeAll(path: string): void {
  rmSync(path, { recursive: true, force: true });
}

/** What fails here too is left to the next command. */
function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}
