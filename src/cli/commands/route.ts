import { routeTask } from '../../../tools/route-task.ts';
import { z } from 'zod';
import { addressee } from '../../../tools/arguments.ts';
import { advise, call } from '../../domain/advice.ts';
import { adviceFor } from '../../views/routing-view.ts';
import { fullRouting } from '../../views/task-views.ts';
import { callTool, type CommandRow, command } from '../command.ts';
import { orInput } from '../forms.ts';
import { renderComparison, renderRouting } from '../render/render-routing.ts';
import { withSession } from '../session.ts';

export const routeCommands: readonly CommandRow[] = [
  command({
    path: 'route',
    stands: routeTask.name,
    about: 'ask who should do a task',
    more: 'Which agent the router would choose, and why. Queues nothing; fed queue add --to auto does.',
    input: routeTask.input.extend({ explain: z.boolean().optional(), agent: addressee.optional() }),
    arguments: [['<description...>', 'description', 'what to do; - for standard input', orInput]],
    options: [
      ['--type <slug>', 'type', 'what kind of work'],
      ['--explain', 'explain', 'show the evidence for the choice'],
      ['--compare', 'compare', 'show the choice of each strategy'],
      ['--strategy <name>', 'strategy', 'a strategy other than the configured one'],
      ['--agent <name>', 'agent', 'show how sure the router is of this agent'],
    ],
    exclusive: [
      ['--compare', '--strategy'],
      ['--compare', '--agent'],
    ],
    examples: [
      'fed route "Deploy the new parser to staging"',
      'fed route Fix the flaky test --type testing --explain',
      'fed route "Write the release notes" --compare',
      'fed route evaluate labelled.tsv',
    ],
    run: ({ explain = false, agent, ...request }, context) =>
      withSession(context, async (session) => {
        const { federation, show } = session;
        if (agent !== undefined) {
          const routing = fullRouting(await adviceFor(federation, { ...request, agent }));
          const next = advise`Queue it for ${agent} with ${call('queue_task', { to_agent: agent })}.`;
          show({ ...routing, next }, (terminal) => renderRouting(routing, explain, terminal));
          return;
        }
        const result = await callTool(routeTask, request, session);
        show(result, (terminal) =>
          result.decisions === undefined
            ? renderRouting(result, explain, terminal)
            : renderComparison(result, terminal),
        );
      }),
  }),
];
