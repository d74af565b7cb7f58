/** `fed init`: a federation, the clients that are connected to it, and what `fed work` may start. */
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import {
  carryOut,
  type Change,
  type Plan,
  planFor,
  usualScope,
  type Wanted,
  type Written,
} from '../clients/connect.ts';
import { type Client, type ClientName, type Scope, type Surroundings } from '../clients/client.ts';
import { clientNamed, clients } from '../clients/clients.ts';
import { serverEntries } from '../clients/server-entries.ts';
import { isOfThisMachine, serverCommand, withPlace } from '../clients/server-command.ts';
import { type ConfigEdit, editConfig } from '../config/edit-config.ts';
import { dirForInit } from '../config/find-dir.ts';
import { ConfigFile } from '../config/load-config.ts';
import { migrateConfig } from '../config/migrate-config.ts';
import { projectOf } from '../config/project-of.ts';
import { type Config, defaultConfig } from '../config/schema.ts';
import { homeOf, setting } from '../config/settings.ts';
import { Trust, trustedParts } from '../config/trust.ts';
import { writeDefaultConfig } from '../config/write-default-config.ts';
import { type Advice, advise, call } from '../domain/advice.ts';
import { ConfigurationError } from '../domain/errors.ts';
import { realPlace, isWithin } from '../files/within.ts';
import { agentOfClient, furtherAgentOf } from '../identity/known-agents.ts';
import { addressOf } from '../store/postgres/address.ts';
import type { InitInput } from './commands/init.ts';
import { askFirst, type FirstAnswers, isAsked } from './first-questions.ts';
import { type Connected, renderInit } from './render/render-init.ts';
import { type RunContext, show } from './session.ts';
import { offerTrust } from './trust.ts';

export async function initialise(context: RunContext, given: InitInput): Promise<void> {
  const { host, globals } = context;
  const folder = dirForInit({ option: globals.dir, environment: host.environment, cwd: host.workingFolder });
  const around = surroundings(context, folder);
  if (given.remove) {
    disconnect(context, folder, around, given);
    return;
  }
  const before = await configOf(folder);
  const asked = isAsked(context, given) && before !== null ? await askFirst(host, before, around) : null;
  const wanted = (given.client ?? asked?.clients ?? []).map((name) => {
    const client = clientNamed(name);
    return { client, scope: scopeOf(client, given.scope), server: null };
  });
  const plan = planFor(
    wanted.map((one) => ({ ...one, server: serverFor(context, folder, around, one) })),
    around,
  );
  const edits = before === null ? [] : configEdits(before, wanted, asked);
  if (given.client !== undefined && before === null) await new ConfigFile(folder, { keepGood: false }).load();
  if (asked !== null && !(await asked.confirms(plan, edits))) {
    show(context, { folder, written: [], kept: [], clients: [], next: '' }, () => 'Nothing was written.');
    return;
  }
  if (given.dry_run) {
    const shown = connected(plan, wanted, [], around.project);
    const next = 'Nothing was written. Without --dry-run, it is.';
    show(context, { folder, written: [], kept: [], clients: shown, next }, (terminal) =>
      renderInit({ written: [], kept: [], clients: shown, agents: [], warnings: plan.warnings }, terminal),
    );
    return;
  }
  const { written, kept } = writeDefaultConfig(folder);
  const migrated = await migrateConfig(folder);
  const files = carryOut(plan, join(folder, 'client-backups'));
  const unapproved = await settle(context, folder, edits, given.trust);
  const shown = connected(plan, wanted, files, around.project);
  const agents = edits.map(({ path }) => path.join('.'));
  const next = nextOf({ unapproved, isNew: written.length > 0, wanted, asked, shown });
  show(
    context,
    {
      folder,
      written,
      kept,
      clients: shown,
      configured: agents,
      ...(migrated === null ? {} : { migrated }),
      warnings: plan.warnings,
      next,
    },
    (terminal) =>
      renderInit(
        { written, kept, migrated, clients: shown, agents, warnings: plan.warnings, isShown: asked !== null },
        terminal,
      ),
  );
}

/** What was asked for by name, else what the project's files have. */
function disconnect(context: RunContext, folder: string, around: Surroundings, given: InitInput): void {
  const named = given.client?.map(clientNamed);
  const wanted = (named ?? clients.filter(({ places }) => places.project !== null)).map((client) => ({
    client,
    scope: named === undefined ? (given.scope ?? 'project') : scopeOf(client, given.scope),
    server: null,
  }));
  const plan = planFor(wanted, around);
  const backups = existsSync(folder) ? join(folder, 'client-backups') : null;
  const files = given.dry_run ? [] : carryOut(plan, backups);
  const shown = connected(plan, wanted, files, around.project).filter(({ does }) => does === 'remove');
  const left = given.client === undefined && !given.dry_run ? clientsLeft(around) : [];
  const next =
    left.length > 0
      ? `Still connected in all your projects: ${left.join(', ')}. To end that: fed init --remove --scope user --client ${left.join(',')}.`
      : shown.length > 0
        ? ''
        : 'Nothing to remove: our server is in none of these files. See fed init --help.';
  show(context, { folder, written: [], kept: [], clients: shown, warnings: plan.warnings, next }, (terminal) =>
    renderInit({ written: [], kept: [], clients: shown, agents: [], warnings: plan.warnings }, terminal),
  );
}

function clientsLeft(around: Surroundings): readonly ClientName[] {
  return [...new Set(serverEntries(around).map(({ client }) => client))];
}

/** A client reads the files of the folder it is started in, wherever the federation is. */
function surroundings({ host, globals }: RunContext, folder: string): Surroundings {
  const { environment, workingFolder } = host;
  const isNamed = (globals.dir ?? setting(environment['FEDERATION_DIR'])) !== null;
  const around = dirname(folder);
  const project = isNamed && workingFolder !== null && !isWithin(workingFolder, around) ? workingFolder : around;
  return { project: realPlace(project), home: homeOf(environment), environment, platform: process.platform };
}

/** Null where the file is at fault; the defaults where there is none. */
async function configOf(folder: string): Promise<Config | null> {
  if (!existsSync(join(folder, 'config.json'))) return defaultConfig;
  try {
    return (await new ConfigFile(folder, { keepGood: false }).load()).config;
  } catch (error) {
    if (error instanceof ConfigurationError) return null;
    throw error;
  }
}

/** @throws ConfigurationError where the client reads no file of that scope */
function scopeOf(client: Client, asked: Scope | undefined): Scope {
  const scope = asked ?? usualScope(client);
  if (client.places[scope] !== null) return scope;
  throw new ConfigurationError(
    `${client.product} reads no file in a project.`,
    `fed init --client ${client.name} --scope user`,
  );
}

function serverFor(
  { host, globals }: RunContext,
  folder: string,
  around: Surroundings,
  { client, scope }: Pick<Wanted, 'client' | 'scope'>,
): ReturnType<typeof serverCommand> {
  const here = { server: host.programs.server, ...around };
  const command = serverCommand(here, scope);
  const dir = existsSync(folder) ? realpathSync(folder) : realPlace(folder);
  const store = globals.store ?? setting(host.environment['FEDERATION_STORE']);
  // It refuses what must not be written into a file that others see.
  if (store !== null) addressOf(store, basename(around.project), host.environment);
  const full = withPlace(command, { dir, store }, around.project);
  if (full === command || scope === 'project') return full;
  const variable = store === null ? `FEDERATION_DIR=${dir}` : `FEDERATION_STORE=${store}`;
  throw new ConfigurationError(
    `${client.product}'s file of this user serves every project, so it cannot name ${store ?? dir}.`,
    client.places.project === null
      ? `Start ${client.product} with ${variable}.`
      : `Use --scope project, or start ${client.product} with ${variable}.`,
  );
}

/** A client whose agent is not in the roster could only read. */
function configEdits(
  config: Config,
  wanted: readonly { readonly client: Client }[],
  asked: FirstAnswers | null,
): readonly ConfigEdit[] {
  const missing = wanted.flatMap(({ client: { reports } }) => {
    const further = reports === null || agentOfClient(config.agents, reports) !== null ? null : furtherAgentOf(reports);
    return further === null ? [] : [{ path: ['agents', further.name], value: further.entry }];
  });
  return [...missing, ...(asked?.edits ?? [])];
}

/** What was asked for here is approved with it; what else the configuration starts is asked about. Gives what is not. */
async function settle(
  context: RunContext,
  folder: string,
  edits: readonly ConfigEdit[],
  trusted: boolean,
): Promise<readonly string[]> {
  const project = projectOf(folder).dir;
  const before = await configOf(folder);
  if (before === null) return [];
  const trust = new Trust(project, context.host.environment);
  const wasApproved = trust.missing(trustedParts(before, project)).length === 0;
  editConfig(folder, edits);
  const after = await configOf(folder);
  if (after === null) return [];
  const parts = trustedParts(after, project);
  const asksOnTerminal = edits.some(({ path }) => path.includes('run') || path.includes('checks'));
  if (wasApproved && asksOnTerminal) trust.approve(parts, new Date().toISOString());
  return await offerTrust(context, after, project, trusted);
}

/** One line for each client and file. */
function connected(
  plan: Plan,
  wanted: readonly Pick<Wanted, 'client' | 'scope'>[],
  files: readonly Written[],
  project: string,
): Connected[] {
  return plan.changes.map((change: Change): Connected => {
    const { client, scope } = wanted.find((one) => one.client.name === change.client) ?? {
      client: null,
      scope: 'user',
    };
    const backup = files.find(({ file }) => file === change.file)?.backup ?? null;
    const own = change.does === 'remove' || client === null ? [] : client.notes[scope];
    const notes =
      scope === 'project' && isOnlyForHere(change, project)
        ? [...own, 'It names a file on this machine: others need an entry of their own.']
        : own;
    return { ...change, product: client?.product ?? '', check: client?.check ?? '', scope, backup, notes };
  });
}

/** In a file that others who work on the project have too. */
function isOnlyForHere({ entry, file, does }: Change, project: string): boolean {
  if (does === 'remove' || !isWithin(file, project)) return false;
  const words = JSON.stringify(entry ?? '');
  return isOfThisMachine({ command: '', args: words.split('"') });
}

interface State {
  readonly unapproved: readonly string[];
  readonly isNew: boolean;
  readonly wanted: readonly { readonly client: Client }[];
  readonly asked: FirstAnswers | null;
  readonly shown: readonly Connected[];
}

/** One thing. */
function nextOf({ unapproved, isNew, wanted, asked, shown }: State): Advice {
  if (unapproved.length > 0) {
    return `Not approved on this machine: ${unapproved.join(', ')}; nothing of that is run or sent. Read it, then fed init --trust.`;
  }
  const [client] = wanted;
  const names: readonly ClientName[] = wanted.map((one) => one.client.name);
  if (asked !== null && asked.started.length > 0) {
    return advise`Queue work with ${call('queue_task')}, then start the agents: fed work.`;
  }
  if (client !== undefined && shown.some(({ does }) => does === 'add' || does === 'update')) {
    const which = names.length === 1 ? client.client.product : 'the clients';
    return `Start ${which} here, and say: Call start_session and work on what is ready.`;
  }
  if (client !== undefined) return 'Everything was connected already; see fed status.';
  return isNew
    ? advise`Connect a client: fed init --client claude. Then queue work with ${call('queue_task')}.`
    : 'It exists already; see fed status.';
}
