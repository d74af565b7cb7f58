import { join } from 'node:path';
import { Argument, type Command } from 'commander';
import { type AvailabilityStatus, availabilityStatuses } from '../../domain/agents/agent.ts';
import { adviceFor } from '../../config/project-of.ts';
import { ConfigurationError, StoreError } from '../../domain/errors.ts';
import { ProjectFileError } from '../../files/project.ts';
import { headingOf, writeBelowMarker } from '../../files/marked-file.ts';
import { assignmentsView } from '../../views/assignments.ts';
import { examples, parseTime } from '../arguments.ts';
import type { Host } from '../host.ts';
import { renderAny } from '../render/render-any.ts';
import { withSession } from '../session.ts';

interface SetOptions {
  readonly reason?: string;
  readonly until?: string;
}

export function addAgents(program: Command, host: Host): void {
  const agents = program
    .command('agents')
    .summary('who is who, and who is there')
    .description('The roster: each agent with its role, availability and what it holds.')
    .addHelpText('after', examples('fed agents', 'fed agents set claude standby --reason "rate limit" --until 2h'))
    .action(async (_options: unknown, command: Command) =>
      withSession(host, command, async ({ read, show }) => {
        const roster = await read('federation://agents');
        show(roster, (terminal) => renderAny(roster, terminal));
      }),
    );

  agents
    .command('set')
    .summary('say whether an agent is there')
    .description('Sets availability. On standby, the fallback agent may claim its tasks.')
    .argument('<name>', 'the agent')
    .addArgument(new Argument('<status>', 'what it is now').choices(availabilityStatuses))
    .option('--reason <text>', 'why')
    .option('--until <time>', 'when it expects to return: a time, or 30m, 2h, 3d', parseTime)
    .addHelpText('after', examples('fed agents set claude standby --until 2h', 'fed agents set claude available'))
    .action(async (name: string, status: AvailabilityStatus, options: SetOptions, command: Command) =>
      withSession(host, command, async ({ actor, call, federation, show }) => {
        const { reason, until } = options;
        const own = actor().name === name;
        // The tool is for one's own; another's availability is the operator's to set.
        const result = own
          ? await call('set_availability', { status, reason, until })
          : {
              ...(await federation.execute('set_availability', { agent: name, status, reason, until }, actor())),
              next: 'See the roster with fed agents.',
            };
        show(result, (terminal) => renderAny(result, terminal));
      }),
    );

  agents
    .command('assignments')
    .summary('write down who does what')
    .description(
      'Writes AGENT_ASSIGNMENTS.md beside .federation, from the configuration: roster, types, rules and who gets a ' +
        'task, as diagrams. What people wrote above its marker line stays.',
    )
    .addHelpText('after', examples('fed agents assignments'))
    .action(async (_options: unknown, command: Command) =>
      withSession(host, command, async ({ federation, show }) => {
        const file = join(federation.project.dir, 'AGENT_ASSIGNMENTS.md');
        const write = async (): Promise<boolean> =>
          await writeBelowMarker(
            federation.project.place(file),
            headingOf('Agent assignments'),
            assignmentsView(federation.config),
          );
        const changed = await write().catch((error: unknown) => {
          throw cannotWrite(file, error);
        });
        const next = changed ? `Read ${file}.` : 'Nothing is to be done: the file says what the configuration says.';
        show({ file, changed, next }, () => `${changed ? 'wrote' : 'unchanged'}  ${file}`);
      }),
    );
}

function cannotWrite(file: string, error: unknown): Error {
  if (error instanceof ProjectFileError) {
    return new ConfigurationError(`${file}: Expected ${error.message}`, adviceFor(error, 'Move away what is there.'));
  }
  const isFolder = error instanceof Error && 'code' in error && error.code === 'EISDIR';
  const reason = isFolder ? 'it is a folder' : error instanceof Error ? error.message : String(error);
  return new StoreError(
    'store-unavailable',
    `Expected a file that can be written at ${file}: ${reason}.`,
    'Move away what is there, or make it writable.',
  );
}
