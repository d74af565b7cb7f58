/** Tells the operator that an agent does worse at a type than it did. */
import type { Deliberation } from '../deliberation.ts';
import { changeBy, type CourseStep } from '../metrics/courses.ts';
import type { AgentName } from '../names.ts';
import type { TaskId } from '../tasks/task.ts';
import { describeChange } from './change.ts';

/** Once: from then on the agent is measured by what came with the change. Persons are not watched. */
export function tellChange(
  deliberation: Deliberation,
  outcome: {
    readonly agent: AgentName;
    readonly type: string | null;
    readonly step: CourseStep;
    readonly task_id: TaskId | null;
  },
): void {
  const { agent, type, step, task_id } = outcome;
  const { state, context } = deliberation;
  if (!Object.hasOwn(context.config.agents, agent)) return;
  const change = changeBy(state.metrics, agent, type, step);
  if (change === null) return;
  deliberation.escalate({
    kind: 'agent-changed',
    about: `${agent}/${type ?? ''}`,
    title: describeChange(agent, type, change),
    detail: `The router gives such work to others until ${agent} does better. A new model, a missing tool or a broken set-up may be why.`,
    task_id,
  });
}
