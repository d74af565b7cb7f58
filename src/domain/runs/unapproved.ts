/** Work from elsewhere that would run by itself were it local: one question to the operator for an import, or a remote agent. */
import type { Deliberation } from '../deliberation.ts';
import type { FederationState } from '../federation-state.ts';
import type { NewTask } from '../tasks/new-task.ts';
import type { Task } from '../tasks/task.ts';
import { isForeign } from './origin.ts';

/** Asks where some agent would run it but for where it came from. */
export function askAboutForeign(
  deliberation: Deliberation,
  source: string,
  tasks: readonly Pick<NewTask, 'task_id'>[],
): void {
  const { agents } = deliberation.context.config;
  const waits = Object.values(agents).some(({ run }) => run?.accept === 'local');
  if (!waits || tasks.length === 0) return;
  deliberation.escalate({
    kind: 'unapproved',
    about: source,
    title: `Work from ${source} waits: nothing runs it by itself before you approve it`,
    detail:
      'Approving lets what is pending from there run, and counts as local from then on. Clients may claim it anyway.',
    task_id: null,
  });
}

/** What is pending from this source and approved by nobody. */
export function foreignFrom({ tasks, index }: FederationState, source: string): Task[] {
  return [...index.foreign].flatMap((id) => {
    const task = tasks.get(id);
    if (task === undefined || !isForeign(task)) return [];
    return sourceOf(task) === source ? [task] : [];
  });
}

/** What follows from an import is asked about with it. */
function sourceOf({ origin, caused_by, from_agent }: Task): string {
  return origin === 'import' && caused_by.kind === 'import' ? caused_by.by : from_agent;
}

/** The source in an escalation's key. */
export function sourceIn(key: string): string {
  return key.slice('unapproved:'.length);
}
