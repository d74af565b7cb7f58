/** One task with everything around it. */
import type { Actor } from '../../domain/commands.ts';
import type { FederationState } from '../../domain/federation-state.ts';
import { unreadNotes } from '../../domain/tasks/notes.ts';
import type { Federation } from '../../federation.ts';
import { findTask } from '../find-task.ts';
import { inboxView } from '../inbox-view.ts';
import { nextAbout } from '../next-about.ts';
import { taskInContext } from '../task-in-context.ts';
import { taskRow } from '../task-rows.ts';
import { firstWords } from '../task-views.ts';
import { landingLine } from './landing-page.ts';
import { needOf } from './needs-page.ts';
import type { PageOf } from './page.ts';

export async function taskPage(federation: Federation, id: string, reader: Actor): Promise<PageOf<'task'>> {
  const task = await findTask(federation, id);
  const state = federation.state();
  const shown = taskInContext(federation, task);
  const named = new Set([
    ...task.dependencies,
    ...task.wait_for,
    ...(shown.waiting_for ?? []),
    ...(shown.blocks ?? []),
    ...(state.dependents.get(task.task_id) ?? []),
    ...[task.rework_of, task.subject, task.caused_by.task_id, shown.sent_back_as ?? null].filter(
      (other) => other !== null,
    ),
  ]);
  return {
    page: 'task',
    task: shown,
    row: taskRow(federation, task),
    needs: inboxView(state)
      .items.filter(({ task_id }) => task_id === task.task_id)
      .map((item) => needOf(federation, item)),
    next: nextAbout(federation, task, reader),
    unread: task.lease === null ? 0 : unreadNotes(task).length,
    landing: landingLine(federation, task),
    related: Object.fromEntries([...named].map((other) => [other, relatedOf(state, other)])),
  };
}

function relatedOf(state: FederationState, id: string): { status: string; text: string } {
  const task = state.tasks.get(id);
  if (task !== undefined) {
    return { status: task.status, text: [task.type, task.lease?.agent ?? task.to_agent].filter(Boolean).join(', ') };
  }
  const vote = state.votes.get(id);
  if (vote !== undefined) return { status: vote.status, text: firstWords(vote.question, 60) };
  return { status: state.archived.get(id)?.status ?? 'unknown', text: 'archived' };
}
