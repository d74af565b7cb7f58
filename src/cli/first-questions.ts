/** What `fed init` asks at a terminal. Only what is open is asked: run again, it asks about what is new. */
import type { ClientName, Surroundings } from '../clients/client.ts';
import { type Plan, planFor, usualScope } from '../clients/connect.ts';
import { clients } from '../clients/clients.ts';
import { findClients, hasProgram } from '../clients/find-clients.ts';
import type { ConfigEdit } from '../config/edit-config.ts';
import { findChecks } from '../config/find-checks.ts';
import type { Config } from '../config/schema.ts';
import { ConfigurationError } from '../domain/errors.ts';
import { agentOfClient, furtherAgentOf } from '../identity/known-agents.ts';
import { markersIn } from '../identity/agent-markers.ts';
import { runVariable } from '../identity/run-identity.ts';
import { agrees, choose } from './choose.ts';
import type { InitInput } from './commands/init.ts';
import type { Host } from './host.ts';
import { lined } from './terminal.ts';
import { planLines } from './render/render-init.ts';
import type { RunContext } from './session.ts';

export interface FirstAnswers {
  readonly clients: readonly ClientName[];
  /** Agents that may be started. */
  readonly started: readonly string[];
  readonly edits: readonly ConfigEdit[];
  /** Shows what is about to be written. */
  readonly confirms: (plan: Plan, edits: readonly ConfigEdit[]) => Promise<boolean>;
}

/** A person is there who has not said already what they want. */
export function isAsked({ host, globals }: RunContext, given: InitInput): boolean {
  if (!host.interactive || globals.yes === true || globals.json === true) return false;
  if (given.client !== undefined || given.trust || given.dry_run) return false;
  return markersIn(host.environment).set.length === 0 && !host.environment[runVariable];
}

export async function askFirst(host: Host, config: Config, around: Surroundings): Promise<FirstAnswers> {
  const chosen = await askClients(host, around);
  const started = await askAgents(host, config, around, chosen);
  const checks = await askChecks(host, config, around, started.length > 0);
  return {
    clients: chosen,
    started: started.map(({ agent }) => agent),
    edits: [...started.flatMap(({ edits }) => edits), ...checks],
    confirms: async (plan, edits) => {
      const lines = lined(...planLines(plan.changes, host.terminal), ...edits.map(configLine));
      if (lines === '') return true;
      host.out(`\n${lines}\n\n`);
      return await agrees(host, 'Write this?', true);
    },
  };
}

function configLine({ path, value }: ConfigEdit): string {
  return `.federation/config.json: ${path.join('.')}: ${JSON.stringify(value)}`;
}

async function askClients(host: Host, around: Surroundings): Promise<readonly ClientName[]> {
  const open = findClients(around).filter((client) => !isConnected(client.name, around));
  if (open.length === 0) return [];
  const names = open.map(({ name }) => name);
  host.out(`Clients found here: ${open.map(({ name, product }) => `${name} (${product})`).join(', ')}\n`);
  return await choose(host, 'Connect which?', names, 'all');
}

/** One whose files are at fault is asked about: what is wrong with them is said then. */
function isConnected(name: ClientName, around: Surroundings): boolean {
  const client = clients.find((one) => one.name === name);
  if (client === undefined) return false;
  try {
    const plan = planFor([{ client, scope: usualScope(client), server: null }], around);
    return plan.changes.every(({ does }) => does === 'remove');
  } catch (error) {
    if (error instanceof ConfigurationError) return false;
    throw error;
  }
}

interface Started {
  readonly agent: string;
  readonly edits: readonly ConfigEdit[];
}

async function askAgents(
  host: Host,
  config: Config,
  around: Surroundings,
  chosen: readonly ClientName[],
): Promise<readonly Started[]> {
  const open = clients.flatMap((client): readonly Started[] => {
    const { name, preset, reports } = client;
    if (preset === null || reports === null || !hasProgram(client, around)) return [];
    const further = furtherAgentOf(reports);
    const agent = agentOfClient(config.agents, reports) ?? further?.name;
    if (agent === undefined || config.agents[agent]?.run !== undefined) return [];
    const run: ConfigEdit = { path: ['agents', agent, 'run'], value: { preset } };
    // Connecting its client puts it on the roster anyway.
    const isThere = config.agents[agent] !== undefined || chosen.includes(name);
    return [{ agent, edits: isThere ? [run] : [{ path: ['agents', agent], value: { ...further?.entry } }, run] }];
  });
  if (open.length === 0) return [];
  const names = open.map(({ agent }) => agent);
  host.out(`fed work can start these for ready tasks, at your cost: ${names.join(', ')}\n`);
  const picked = await choose(host, 'May it start which?', names, 'none');
  return open.filter(({ agent }) => picked.includes(agent));
}

async function askChecks(
  host: Host,
  config: Config,
  around: Surroundings,
  byDefault: boolean,
): Promise<readonly ConfigEdit[]> {
  if (Object.keys(config.checks).length > 0) return [];
  const found = findChecks(around.project);
  if (found.length === 0) return [];
  const commands = found.map(({ command }) => command.join(' ')).join(', ');
  if (!(await agrees(host, `Must ${commands} pass before work counts as done?`, byDefault))) return [];
  return found.map(({ name, command, protect }) => ({ path: ['checks', name], value: { command, protect } }));
}
