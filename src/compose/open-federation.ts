/** Puts store, configuration, log file and application together for one process. */
import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { HourlySnapshots } from '../backup/hourly-snapshots.ts';
import { type Config, defaultConfig } from '../config/schema.ts';
import { ConfigurationError, StoreError } from '../domain/errors.ts';
import { second } from '../domain/time.ts';
import { actionsFor } from '../domain/scheduling/inbox.ts';
import type { Federation, RouterFile } from '../federation.ts';
import { groupOf } from '../config/group.ts';
import { settleFolder } from '../files/modes.ts';
import { runFederation } from '../application/running-federation.ts';
import { logFileOf } from '../log/log-file.ts';
import { ConfigFile, type LoadedConfig } from '../config/load-config.ts';
import { addressOf } from '../config/serve-address.ts';
import { Trust } from '../config/trust.ts';
import { writeGitignore } from '../config/write-default-config.ts';
import { projectOf, refuseLinksOut } from '../config/project-of.ts';
import type { EventStore, StoredRecord } from '../store/event-store.ts';
import { isBeingRestored } from '../store/journal/being-restored.ts';
import { openJournalStore } from '../store/journal/journal-store.ts';
import type { Project } from '../files/project.ts';
import { documentsIn, refuseMoved } from './moved.ts';
import { readRegular } from '../files/regular-file.ts';
import { writeWhole } from '../files/write-whole.ts';
import { LiveWebhook } from '../webhook/live-webhook.ts';

export interface FederationSettings {
  /** The `.federation` folder. */
  readonly folder: string;
  /** A `postgres://` URL; absent: embedded in the folder. */
  readonly store?: string | undefined;
  /** Milliseconds since 1970; the machine's clock unless a simulation brings its own. */
  readonly clock?: (() => number) | undefined;
  /** Never goes back; as `FederationOptions` has it. */
  readonly monotonic?: (() => number) | undefined;
  /** Opens by the defaults, with a warning, where the configuration is at fault and no good one was ever kept. */
  readonly evenIfBroken?: boolean | undefined;
  /** This process committed something. */
  readonly onCommitted?: ((record: StoredRecord) => void) | undefined;
  /** Told of what was done before the federation could be opened. */
  readonly onNotice?: ((text: string) => void) | undefined;
  /** Told of what failed beside the commands and is tried again. */
  readonly onTrouble?: ((what: string, error: unknown) => void) | undefined;
}

/**
 * Opens the federation of a folder.
 * @throws ConfigurationError naming file, line and key; StoreError
 */
export async function openFederation(settings: FederationSettings): Promise<Federation> {
  const project = projectOf(settings.folder);
  refuseLinksOut(settings.folder, project);
  if (settings.store === undefined && isBeingRestored(settings.folder)) {
    const { finishInterruptedRestore } = await import('../backup/restore.ts');
    const done = await finishInterruptedRestore(settings.folder);
    if (done !== null) settings.onNotice?.(done);
  }
  const file = new ConfigFile(settings.folder);
  try {
    const loaded = await file.load();
    settleFolder(settings.folder, groupOf(loaded.config));
    return await run(settings, project, file, loaded);
  } catch (error) {
    if (settings.evenIfBroken !== true || !(error instanceof ConfigurationError)) throw error;
    return await run(settings, project, file, byDefaults(error));
  }
}

/** Without a log file: nobody knows where theirs is to be. */
function byDefaults(error: ConfigurationError): LoadedConfig {
  const { message, next } = error.toBody().error;
  const warning = {
    code: 'invalid',
    message: `${message} (this command uses the defaults)`,
    next,
  } as const;
  return { config: { ...defaultConfig, log_file: null }, warnings: [warning] };
}

async function run(
  settings: FederationSettings,
  project: Project,
  file: ConfigFile,
  { config, warnings }: LoadedConfig,
): Promise<Federation> {
  const store = await openStore(settings, config, project);
  let isOurs = existsSync(settings.folder);
  const logFile = logFileOf(config, { folder: settings.folder, project, records: store });
  const webhook = new LiveWebhook({
    folder: settings.folder,
    projectDir: project.dir,
    environment: process.env,
    records: store,
    // Asked for once it is loaded, and the store is open by then.
    get documents() {
      return store.documents;
    },
    now: settings.clock ?? store.clock ?? Date.now,
    config: () => federation.config.webhook,
    isApproved: (now) => new Trust(project.dir, process.env).missing({ webhook: now }).length === 0,
    seq: async () => {
      await federation.refresh();
      return federation.fault === null ? federation.seq : null;
    },
    isOpen: (inboxId) => federation.state().escalations.has(inboxId),
    actionsOf: (inboxId) => {
      const item = federation.state().escalations.get(inboxId);
      return item === undefined ? [] : actionsFor(federation.state(), item);
    },
  });
  const snapshots = new HourlySnapshots({
    folder: settings.folder,
    environment: process.env,
    everyHours: () => federation.config.snapshots.every_hours,
    seq: () => federation.seq,
    onTrouble: (error) => settings.onTrouble?.('snapshot', error),
  });
  const federation = await runFederation({
    store,
    config,
    configWarnings: warnings,
    refreshConfig: () => file.refresh(),
    project,
    routerFile: routerFileIn(settings.folder),
    ...(settings.onTrouble === undefined ? {} : { onTrouble: settings.onTrouble }),
    ...(settings.clock === undefined ? {} : { clock: settings.clock }),
    ...(settings.monotonic === undefined ? {} : { monotonic: settings.monotonic }),
    onCommitted: (record) => {
      if (!isOurs) becomeOurs(settings.folder, config);
      isOurs = true;
      logFile?.note(record);
      webhook.note(record);
      settings.onCommitted?.(record);
    },
    onRestart: () => logFile?.forget(),
    onTick: () => {
      webhook.sweep();
      snapshots.sweep();
    },
    boardAddress: () => addressOf(settings.folder),
    webhook: () => webhook.standing(),
    logFault: async () => (await logFile?.fault()) ?? null,
    onClose: async () => {
      await Promise.all([logFile?.flush(), webhook.close()]);
    },
  });
  try {
    if (store.documents !== null && settings.store !== undefined) await refuseMoved(store.documents, 'the database');
    await webhook.begin();
    return federation;
  } catch (error) {
    await federation.close();
    throw error;
  }
}

/** A folder that the first change made, where nobody said `fed init`. */
function becomeOurs(folder: string, config: Config): void {
  settleFolder(folder, groupOf(config));
  writeGitignore(folder);
}

/** Writes the readable log anew from the whole journal, below its marker line. */
export async function rebuildLog(settings: FederationSettings): Promise<{ file: string; entries: number }> {
  const { config, warnings } = await new ConfigFile(settings.folder).load();
  const { folder } = settings;
  const project = projectOf(folder);
  const store = await openStore(settings, config, project);
  const logFile = logFileOf(config, { folder, project, records: store });
  if (logFile === null) {
    const fault = warnings.find(({ message }) => message.includes(': log_file: '));
    if (fault !== undefined) throw new ConfigurationError(fault.message, fault.next);
    throw new ConfigurationError(
      'This federation keeps no readable log: log_file is null.',
      'Set log_file to a file first.',
    );
  }
  try {
    await store.open(null);
    return { file: logFile.path, entries: await logFile.rebuild() };
  } finally {
    await store.close();
  }
}

export function routerFileIn(folder: string): RouterFile {
  const path = join(folder, 'router.bin');
  return {
    read: async () => await readRegular(path).catch(() => null),
    write: async (content) => writeWhole(path, content),
  };
}

/** What stands in the folder here is not the federation that the run belongs to. */
function refuseInsideRun(environment: Readonly<Record<string, string | undefined>>): void {
  if (environment['FEDERATION_RUN_PORT'] === undefined) return;
  throw new StoreError(
    'store-unavailable',
    'The federation of this run is in a database, to which nothing inside the run has access.',
    'Use the MCP tools of federation-mcp in place of fed.',
  );
}

/** The client of PostgreSQL is loaded where it is asked for only. @throws ConfigurationError for a URL that will not do */
async function openStore({ folder, store }: FederationSettings, config: Config, project: Project): Promise<EventStore> {
  const graceMs = config.leases.grace_seconds * second;
  if (store === undefined) {
    refuseInsideRun(process.env);
    await refuseMoved(documentsIn(folder), folder);
    return openJournalStore({ dir: folder, graceMs });
  }
  const [{ PostgresStore }, { addressOf: postgresAddress }] = await Promise.all([
    import('../store/postgres/postgres-store.ts'),
    import('../store/postgres/address.ts'),
  ]);
  return new PostgresStore({ address: postgresAddress(store, basename(project.dir), process.env), graceMs });
}
