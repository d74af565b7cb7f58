/** What `fed doctor` looks at. Reads only; each check says what it found and how to fix it. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding, OpenSettings } from '../cli/host.ts';
import { type Config, defaultConfig } from '../config/schema.ts';
import { FederationError } from '../domain/errors.ts';
import { evolve } from '../domain/evolve.ts';
import { FederationState } from '../domain/federation-state.ts';
import { checkpointForm } from '../application/checkpoint-form.ts';
import { ConfigFile } from '../config/load-config.ts';
import { projectOf, refuseLinksOut } from '../config/project-of.ts';
import { readConfig } from '../config/read-config.ts';
import { groupOf } from '../config/group.ts';
import { isOpenToOthers } from '../files/modes.ts';
import { logFileOf } from '../log/log-file.ts';
import { openJournalStore } from '../store/journal/journal-store.ts';
import { examineClocks } from './examine-clocks.ts';
import { examinePrograms } from './examine-programs.ts';
import { findOddFiles } from './odd-files.ts';
import { Trust } from '../config/trust.ts';
import { OutboxFile, standingOf } from '../webhook/outbox.ts';
import { signingWith } from '../webhook/signature.ts';
import { Repository } from '../runner/git/repository.ts';
import { leftoversOf } from '../runner/leftovers.ts';
import { worktreeRows } from '../runner/worktrees/clean.ts';
import { plural } from '../domain/phrases.ts';

/** Beside this folder, as it is packed. */
const serverProgram = join(import.meta.dirname, '../main.js');

/** Never throws: what cannot be looked at is a problem of its own. */
export async function examine({ folder, passedOver = null }: OpenSettings): Promise<readonly Finding[]> {
  const [configuration, config] = await examineConfiguration(folder);
  const store = await examineStore(folder);
  const [journal, state] = await examineJournal(folder);
  const log = await examineLog(folder, config);
  const webhook = examineWebhook(folder, config, state);
  return [
    ...examinePlace(folder, passedOver),
    configuration,
    store,
    journal,
    ...log,
    webhook,
    ...(await examinePrograms(config, projectOf(folder).dir, serverProgram, process.env)),
    examineFiles(folder),
    ...examineRights(folder, config),
    ...(await examineClocks(folder, state)),
    ...(await examineWorktrees(folder, state, config)),
  ];
}

/** A copy of a committed configuration is no news; one in which work was kept is. */
function examinePlace(folder: string, passedOver: string | null): Finding[] {
  if (passedOver === null || !existsSync(join(passedOver, 'journal'))) return [];
  const detail = `Using ${folder}; ${passedOver} is nearer and has its own journal, which is not used here`;
  const next = `A repository has one federation, also in its worktrees and submodules. Look at the other with --dir ${passedOver}; remove it if nothing in it is needed.`;
  return [{ check: 'place', status: 'warning', detail, next, code: null }];
}

async function examineConfiguration(folder: string): Promise<readonly [Finding, Config]> {
  try {
    refuseLinksOut(folder, projectOf(folder));
    // As every process has it: the last good one where the file is at fault.
    const { config, warnings } = await new ConfigFile(folder, { keepGood: false }).load();
    const [first] = warnings;
    if (first === undefined) {
      const { length } = Object.keys(config.agents);
      return [ok('configuration', `${plural(length, 'agent')}, operator ${config.operator}`), config];
    }
    const isBroken = await readConfig(folder).then(
      () => false,
      () => true,
    );
    const detail = warnings.map(({ message }) => message).join('\n');
    const status = isBroken ? 'problem' : 'warning';
    return [{ check: 'configuration', status, detail, next: first.next, code: null }, config];
  } catch (error) {
    return [problem('configuration', error), defaultConfig];
  }
}

/** Nothing where no worktree was ever made. */
async function examineWorktrees(folder: string, state: FederationState, config: Config): Promise<Finding[]> {
  try {
    const repository = await Repository.find(projectOf(folder).dir, process.env);
    if (repository === null) return [];
    const rows = await worktreeRows(repository, { state, config });
    const { folders, megabytes: lost } = leftoversOf(repository);
    if (rows.length === 0 && folders === 0) return [];
    const size = rows.reduce((sum, { megabytes }) => sum + megabytes, 0);
    const left = rows.filter(({ is }) => is !== 'in-use').map(({ path, why }) => `${path}: ${why}`);
    if (folders > 0) left.push(`${plural(folders, 'folder')} of killed checks, ${lost} MB`);
    const all = `${plural(rows.length, 'worktree')}, ${size} MB of ${config.worktree.keep_gigabytes} GB`;
    if (left.length === 0) return [ok('worktrees', all)];
    const detail = [all, ...left].join('\n');
    const next = 'See them with fed runs clean; remove those that nobody needs with fed runs clean --remove.';
    return [{ check: 'worktrees', status: 'warning', detail, next, code: null }];
  } catch (error) {
    return [problem('worktrees', error)];
  }
}

function examineFiles(folder: string): Finding {
  try {
    const odd = findOddFiles(folder);
    if (odd.length === 0) return ok('files', 'all usable');
    const detail = odd.map(({ file, why }) => `${file} ${why}`).join('\n');
    const next = 'Remove what does not belong there, or make it readable for this user. Until then it is ignored.';
    return { check: 'files', status: 'warning', detail, next, code: null };
  } catch (error) {
    return problem('files', error);
  }
}

/** What every opening process sees to, as far as it may. */
function examineRights(folder: string, config: Config): Finding[] {
  const group = groupOf(config);
  if (!isOpenToOthers(folder, group)) return [];
  const isMine = statSync(folder).uid === process.getuid?.();
  const detail = `other users of this machine can read ${folder}${isMine ? '' : ', which belongs to another user'}`;
  const next = isMine
    ? 'The next command, such as fed status, fixes this. If it comes back, the disk does not keep permissions: use another one.'
    : 'Its owner can fix this with fed status.';
  return [{ check: 'permissions', status: 'warning', detail, next, code: null }];
}

/** Opens it as every process does: from the checkpoint, with what others acknowledged held against it. */
async function examineStore(folder: string): Promise<Finding> {
  const store = openJournalStore({ dir: folder, readOnly: true });
  try {
    const checkpoint = await store.open(checkpointForm);
    let records = 0;
    store.refresh();
    for (const record of store.read()) if (record !== 'restarted') records += 1;
    const { fault, position } = store;
    if (fault !== null) {
      return { check: 'store', status: 'problem', detail: fault.message, next: fault.next, code: fault.code };
    }
    const start = checkpoint === null ? 'no checkpoint' : `checkpoint at ${checkpoint.position.seq}`;
    return ok('store', `intact up to record ${position.seq}; ${start}, ${plural(records, 'record')} after it`);
  } catch (error) {
    return problem('store', error);
  } finally {
    await store.close();
  }
}

/** Every record from the first on, every hash, and whether it all folds into a state. */
async function examineJournal(folder: string): Promise<readonly [Finding, FederationState]> {
  const store = openJournalStore({ dir: folder, readOnly: true });
  const state = new FederationState();
  let [records, events] = [0, 0];
  try {
    for await (const record of store.history()) {
      records += 1;
      for (const command of record.commands) {
        for (const event of command.events) {
          evolve(state, event, { at: record.at, by: command.by });
          events += 1;
        }
      }
    }
    const detail = `${plural(records, 'record')}, ${plural(events, 'event')}, ${plural(state.tasks.size, 'task')}; every hash verified`;
    return [ok('journal', detail), state];
  } catch (error) {
    return [problem('journal', error), state];
  } finally {
    await store.close();
  }
}

async function examineLog(folder: string, config: Config): Promise<Finding[]> {
  const store = openJournalStore({ dir: folder, readOnly: true });
  try {
    await store.open(checkpointForm);
    store.refresh();
    for (const _record of store.read());
    const file = logFileOf(config, { folder, project: projectOf(folder), records: store });
    const fault = (await file?.fault()) ?? null;
    if (fault === null) return [];
    return [{ check: 'log', status: 'warning', detail: fault.message, next: fault.next, code: null }];
  } catch {
    // What cannot be looked at for that has been said of the store.
    return [];
  } finally {
    await store.close();
  }
}

function examineWebhook(folder: string, { webhook }: Config, state: FederationState): Finding {
  if (webhook === null) return ok('webhook', 'not configured');
  const outbox = new OutboxFile(folder).read();
  if (outbox === 'damaged') {
    const detail = 'webhook.json is damaged; it is unknown what was delivered';
    const next = 'The next server process sends the open inbox items again, with the same ids.';
    return { check: 'webhook', status: 'warning', detail, next, code: null };
  }
  const standing = standingOf(outbox, (id) => state.escalations.has(id));
  const { pending, failed, delivered, last_error } = standing;
  const error = last_error === null ? '' : `; last error ${last_error.at}: ${last_error.message}`;
  const detail = `${delivered} delivered, ${pending} pending, ${failed} failed for good${error}`;
  if (failed > 0) {
    const next = 'Correct webhook in config.json. Items that were not delivered are in fed inbox; nothing is lost.';
    return { check: 'webhook', status: 'problem', detail, next, code: null };
  }
  if (new Trust(projectOf(folder).dir, process.env).missing({ webhook }).length > 0) {
    const next = 'fed init asks whether to approve it; until then this machine sends nothing.';
    return { check: 'webhook', status: 'warning', detail: `${detail}; not approved on this machine`, next, code: null };
  }
  const signing = signingWith(webhook.secret_env, process.env);
  if ('problem' in signing) {
    const next = 'Set it where agents are started; processes that have it sign and send.';
    return { check: 'webhook', status: 'warning', detail: `${detail}; ${signing.problem}`, next, code: null };
  }
  if (pending === 0) return ok('webhook', detail);
  const next = 'A server process retries; fed commands try once.';
  return { check: 'webhook', status: 'warning', detail, next, code: null };
}

function ok(check: string, detail: string): Finding {
  return { check, status: 'ok', detail, next: null, code: null };
}

function problem(check: string, error: unknown): Finding {
  const isOurs = error instanceof FederationError;
  const detail = error instanceof Error ? error.message : String(error);
  const next = isOurs ? error.toBody().error.next : 'Report this with the output of fed doctor --json.';
  return { check, status: 'problem', detail, next, code: isOurs ? error.code : 'corrupt-store' };
}
