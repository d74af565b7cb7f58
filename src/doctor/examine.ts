/** What `fed doctor` looks at. Reads only; each check says what it found and how to fix it. */
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { connect } from 'node:net';
import type { Finding, OpenSettings } from '../cli/host.ts';
import { type Config, defaultConfig } from '../config/schema.ts';
import { evolve } from '../domain/evolve.ts';
import { FederationState } from '../domain/federation-state.ts';
import { checkpointForm } from '../application/checkpoint-form.ts';
import { ConfigFile } from '../config/load-config.ts';
import { projectOf, refuseLinksOut } from '../config/project-of.ts';
import { readConfig } from '../config/read-config.ts';
import { groupOf } from '../config/group.ts';
import { isOpenToOthers } from '../files/modes.ts';
import { logFileOf } from '../log/log-file.ts';
import type { EventStore } from '../store/event-store.ts';
import { openJournalStore } from '../store/journal/journal-store.ts';
import { interruptedRestore } from '../backup/restore.ts';
import { CheckpointCheck } from './examine-checkpoint.ts';
import { examineClients } from './examine-clients.ts';
import { examineClocks } from './examine-clocks.ts';
import { examineMachine } from './examine-machine.ts';
import { examinePrograms } from './examine-programs.ts';
import { examineWork } from './examine-work.ts';
import { ok, problem, warning } from './finding.ts';
import { type Machine, thisMachine } from './machine.ts';
import { findOddFiles } from './odd-files.ts';
import { Trust } from '../config/trust.ts';
import { OutboxFile, standingOf } from '../webhook/outbox.ts';
import { signingWith } from '../webhook/signature.ts';
import { Repository } from '../runner/git/repository.ts';
import { leftoversOf } from '../runner/leftovers.ts';
import { worktreeRows } from '../runner/worktrees/clean.ts';
import { listed, plural } from '../domain/phrases.ts';

const connectMs = 5_000;

/** Beside this folder, as it is packed. */
const serverProgram = join(import.meta.dirname, '../main.js');

/** Never throws: what cannot be looked at is a problem of its own. */
export async function examine(
  { folder, store: url, passedOver = null }: OpenSettings,
  machine: Machine = thisMachine,
): Promise<readonly Finding[]> {
  const [configuration, config] = await examineConfiguration(folder);
  if (url !== undefined)
    return [...examinePlace(folder, passedOver), configuration, ...(await examineDatabase(folder, url))];
  const store = await examineStore(folder);
  const [journal, state] = await examineJournal(folder);
  const log = await examineLog(folder, config);
  const webhook = await examineWebhook(folder, config, state);
  return [
    ...examinePlace(folder, passedOver),
    ...examineRestore(folder),
    configuration,
    store,
    ...journal,
    ...log,
    webhook,
    ...(await examineMachine(folder, machine)),
    ...examineWork(state, config, machine.now()),
    ...examineClients(projectOf(folder).dir, machine),
    ...(await examinePrograms(config, projectOf(folder).dir, serverProgram, process.env)),
    examineFiles(folder),
    ...examineRights(folder, config),
    ...(await examineClocks(folder, state)),
    ...(await examineWorktrees(folder, state, config)),
  ];
}

/** What lies in the folder is not this federation's: its records are read from the database, each with its hash. */
async function examineDatabase(folder: string, url: string): Promise<readonly Finding[]> {
  const [{ PostgresStore }, { addressOf }] = await Promise.all([
    import('../store/postgres/postgres-store.ts'),
    import('../store/postgres/address.ts'),
  ]);
  let store: EventStore | null = null;
  try {
    const address = addressOf(url, basename(projectOf(folder).dir), process.env);
    store = new PostgresStore({ address });
    await store.open(null);
    let [records, events] = [0, 0];
    for await (const { commands } of store.history()) {
      records += 1;
      for (const command of commands) events += command.events.length;
    }
    return [
      ok('store', `PostgreSQL: ${address.shown}`),
      ok('records', `${plural(records, 'record')}, ${plural(events, 'event')}; every hash verified`),
    ];
  } catch (error) {
    return [problem('store', error)];
  } finally {
    await store?.close();
  }
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
  return [warning('permissions', detail, next, isMine ? 'permissions' : undefined)];
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

/** Every record from the first on, every hash, whether it all folds into a state, and whether the checkpoint is that state. */
async function examineJournal(folder: string): Promise<readonly [readonly Finding[], FederationState]> {
  const store = openJournalStore({ dir: folder, readOnly: true });
  const state = new FederationState();
  let [records, events] = [0, 0];
  try {
    const checkpoint = await CheckpointCheck.begin(folder);
    for await (const record of store.history()) {
      records += 1;
      for (const command of record.commands) {
        for (const event of command.events) {
          evolve(state, event, { at: record.at, by: command.by });
          events += 1;
        }
      }
      checkpoint.note(record.seq, record.hash, () => state.toSections());
    }
    const detail = `${plural(records, 'record')}, ${plural(events, 'event')}, ${plural(state.tasks.size, 'task')}; every hash verified`;
    return [[ok('journal', detail), ...checkpoint.finding()], state];
  } catch (error) {
    return [[problem('journal', error)], state];
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
    if (fault !== null) return [warning('log', fault.message, fault.next)];
    const difference = (await file?.compare()) ?? null;
    if (difference === null) return [];
    const { missing, foreign } = difference;
    const faults = [
      ...(missing.length === 0 ? [] : [`lacks the entries ${listed(missing)} of the journal`]),
      ...(foreign.length === 0 ? [] : [`has the entries ${listed(foreign)}, which the journal does not`]),
    ];
    if (faults.length === 0) return [ok('log', 'the same as the journal')];
    const detail = `${file?.path ?? 'The readable log'} ${faults.join(', and ')}: it was edited below its marker`;
    return [warning('log', detail, 'Rewrite it below its marker with fed log --rebuild.', 'log')];
  } catch {
    // What cannot be looked at for that has been said of the store.
    return [];
  } finally {
    await store.close();
  }
}

async function examineWebhook(folder: string, { webhook }: Config, state: FederationState): Promise<Finding> {
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
  const unreachable = await whyUnreachable(webhook.url);
  if (unreachable !== null) {
    const next = 'Check webhook.url in config.json, and the network; what is pending is tried again.';
    return warning('webhook', `${detail}; ${unreachable}`, next);
  }
  if (pending === 0) return ok('webhook', detail);
  const next = 'A server process retries; fed commands try once.';
  return { check: 'webhook', status: 'warning', detail, next, code: null };
}

/** Whether something listens there; nothing is sent. */
async function whyUnreachable(url: string): Promise<string | null> {
  const { protocol, hostname, port } = new URL(url);
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
  });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(connectMs) });
    return null;
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'AbortError';
    return `${hostname} cannot be reached: ${isLate ? 'no answer' : error instanceof Error ? error.message : String(error)}`;
  } finally {
    socket.destroy();
  }
}

/** What a killed restore left. */
function examineRestore(folder: string): Finding[] {
  const left = interruptedRestore(folder);
  if (left === null) return [];
  const detail =
    left === 'finish'
      ? 'A restore is under way or was interrupted; the journal is not in place'
      : 'A restore was interrupted before it replaced anything; the store is whole';
  return [warning('restore', detail, 'The next command, such as fed status, finishes or clears it.', 'restore')];
}
