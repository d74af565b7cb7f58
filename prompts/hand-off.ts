import type { PromptDefinition } from '../src/define-tool.ts';
import { briefHeld, heldBy } from '../src/views/task-views.ts';

export const handOff: PromptDefinition = {
  name: 'hand-off',
  title: 'Hand work over',
  description: 'Hand work to another agent so that it can start without asking questions.',
  arguments: [
    {
      name: 'to_agent',
      description: 'Who should do it; default: the best agent',
      required: false,
      completes: 'agents',
    },
    { name: 'task_id', description: 'A task you hold that leads to this work', required: false, completes: 'tasks' },
  ],
  render: async ({ to_agent, task_id }, { federation, actor }) => {
    const held = heldBy(federation.state(), actor().name).map(briefHeld);
    const { agents } = federation.config;
    const roster = Object.entries(agents).map(([name, { role, types }]) => `- ${name}: ${role} (${types.join(', ')})`);
    return [
      `Hand the follow-up work${task_id === undefined ? '' : ` of ${task_id}`} to ${to_agent ?? 'the agent that fits best'}.`,
      'Write one queue_task call (queue_plan for several that depend on each other):',
      '- description: the goal, what exists (files, decisions), what must not be touched, and how to tell when it is done.',
      '- type, so that the right agent finds it; to_agent only if it must be that agent.',
      '- dependencies: the ids it must wait for; whoever claims it gets their summaries and artifacts.',
      '- context.artifact_path and context.constraints if they help.',
      held.length === 0
        ? 'You hold no task.'
        : `You hold: ${held.map((task) => `${task.task_id} (${task.description})`).join('; ')}. Complete it, or release it with to_agent.`,
      'The roster:',
      ...roster,
    ].join('\n');
  },
};
