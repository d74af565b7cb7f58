import { openSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { addressee } from '../../../tools/arguments.ts';
import { setAvailability } from '../../../tools/set-availability.ts';
import { adviceFor } from '../../config/project-of.ts';
import { type Advice, advise, call } from '../../domain/advice.ts';
import { closest } from '../../domain/closest.ts';
import { ConfigurationError, StoreError } from '../../domain/errors.ts';
import { ProjectFileError } from '../../files/project.ts';
import { headingOf, writeBelowMarker } from '../../files/marked-file.ts';
import { assignmentsView } from '../../views/assignments.ts';
import { type AgentPage, agentPage } from '../../views/agent-page.ts';
import { agentViews } from '../../views/queue-views.ts';
import { callTool, command, type CommandRow, sessionCommand } from '../command.ts';
import { start } from '../forms.ts';
import { renderAgentPage, renderAvailability, renderRoster } from '../render/render-agents.ts';
import { UsageError } from '../report-error.ts';
import { withSession } from '../session.ts';

export const agentCommands: readonly CommandRow[] = [
  command({
    path: 'agents',
    about: 'show the agents, or one with its work and record',
    more: 'The roster: each agent with what it holds, what is ready for it, and whether it is connected. With a name: that agent.',
    input: z.strictObject({ name: z.string().min(1).max(40).optional() }),
    arguments: [['[name]', 'name', 'one agent: work, record, calibration, when it was last seen']],
    examples: ['fed agents', 'fed agents kimi', 'fed agents set claude standby --reason "rate limit" --until 2h'],
    run: ({ name }, context) =>
      withSession(context, async ({ federation, show }) => {
        if (name === undefined) {
          const items = agentViews(federation);
          show({ items, total: items.length, next: '' }, (terminal) => renderRoster({ items }, terminal));
          return;
        }
        refuseMisspelt(name, Object.keys(federation.config.agents));
        const page = agentPage(federation, name);
        show({ ...page, next: nextAboutAgent(page) }, (terminal) => renderAgentPage(page, terminal));
      }),
  }),
  sessionCommand({
    path: 'agents set',
    stands: setAvailability.name,
    about: 'set the availability of an agent',
    more: 'On standby, the fallback agent may claim its tasks.',
    input: setAvailability.input.extend({ agent: addressee }),
    arguments: [
      ['<name>', 'agent', 'the agent'],
      ['<status>', 'status', 'its status'],
    ],
    options: [
      ['--reason <text>', 'reason', 'why'],
      ['--until <time>', 'until', 'when it expects to return: 2h, friday, "tomorrow 9:00"', start],
    ],
    examples: ['fed agents set claude standby --until 2h', 'fed agents set claude available'],
    do: async ({ agent, ...given }, session) => {
      const { actor, federation } = session;
      // The tool is for one's own; another's availability is the operator's to set.
      if (actor().name === agent) return await callTool(setAvailability, given, session);
      const set = await federation.execute('set_availability', { agent, ...given }, actor());
      return { ...set, next: 'See the roster with fed agents.' };
    },
    render: renderAvailability,
  }),
  sessionCommand({
    path: 'agents assignments',
    about: 'write AGENT_ASSIGNMENTS.md: who does what',
    more:
      'Writes AGENT_ASSIGNMENTS.md beside .federation, from the configuration: roster, types, rules and who gets a ' +
      'task, as diagrams. Text above its marker line is kept.',
    input: z.strictObject({}),
    writesFiles: () => true,
    examples: ['fed agents assignments'],
    do: async (_input, { federation }) => {
      const file = join(federation.project.dir, 'AGENT_ASSIGNMENTS.md');
      const write = async (): Promise<boolean> =>
        await writeBelowMarker(
          federation.project.place(file),
          headingOf('Agent assignments'),
          assignmentsView(federation.config),
          // For everyone who works on the project, as its other files.
          { make: (path) => openSync(path, 'wx') },
        );
      const changed = await write().catch((error: unknown) => {
        throw cannotWrite(file, error);
      });
      return { file, changed, next: changed ? `See ${file}.` : 'Nothing to do: the file is up to date.' };
    },
    render: ({ file, changed }) => `${changed ? 'wrote' : 'unchanged'}  ${file}`,
  }),
];

/** A misspelt command looks like a name. */
function refuseMisspelt(name: string, agents: readonly string[]): void {
  const meant = agents.includes(name) ? null : closest(name, ['set', 'assignments']);
  if (meant !== null) throw new UsageError(`unknown command '${name}'`, `Did you mean ${meant}?`);
}

/** What keeps it from its work, as far as somebody can do something about it. */
function nextAboutAgent({ agent, next_tasks }: AgentPage): Advice {
  const [first] = next_tasks;
  if (first === undefined || agent.connected > 0 || agent.status === 'standby') return '';
  const give = call('override_task', { task_id: first.task_id, action: 'reassign' });
  return advise`It has work and no client is connected: start ${agent.name}, or ${give}.`;
}

function cannotWrite(file: string, error: unknown): Error {
  if (error instanceof ProjectFileError) {
    return new ConfigurationError(`${file} ${error.message}`, adviceFor(error, 'Move it away.'));
  }
  const isFolder = error instanceof Error && 'code' in error && error.code === 'EISDIR';
  const reason = isFolder ? 'it is a folder' : error instanceof Error ? error.message : String(error);
  return new StoreError('store-unavailable', `Cannot write ${file}: ${reason}.`, 'Move it away, or make it writable.');
}
