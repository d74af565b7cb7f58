import type { EventKind } from '../../event-kind.ts';
import { because } from '../../event-words.ts';
import type { FederationState } from '../../federation-state.ts';
import { changeTask, noted, settle } from '../change-task.ts';
import type { DependencyId } from '../task.ts';

export interface DependentsContinued {
  readonly type: 'dependents_continued';
  /** The task or vote. */
  readonly task_id: DependencyId;
  readonly reason: string | null;
}

export const dependentsContinued: EventKind<DependentsContinued> = {
  type: 'dependents_continued',
  description: 'The operator let dependents of a failed or cancelled task, or of a cancelled vote, continue.',
  fold(state, { task_id, reason }, meta) {
    const archived = state.archived.get(task_id);
    if (archived !== undefined) state.archived.set({ ...archived, on_failure: 'continue' });
    changeTask(state, task_id, (task) =>
      noted({ ...task, on_failure: 'continue' }, meta, 'dependents continue', reason ?? undefined),
    );
    continueAfterVote(state, task_id);
    settle(state, task_id, meta.at);
  },
  line: ({ task_id, reason }) => `let dependents of ${task_id} continue${because(reason)}`,
  redact: 'nothing',
  news: 'each',
};

function continueAfterVote(state: FederationState, id: DependencyId): void {
  const vote = state.votes.get(id);
  if (vote !== undefined) state.votes.set(id, { ...vote, continued: true });
  const archived = state.archivedVotes.get(id);
  if (archived !== undefined) state.archivedVotes.set(id, { ...archived, continued: true });
}
