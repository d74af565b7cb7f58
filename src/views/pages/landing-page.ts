/** Branches that can land, wait, or have landed. */
import type { Task } from '../../domain/tasks/task.ts';
import type { Federation } from '../../federation.ts';
import { landingRow, landingsView } from '../landing-view.ts';
import { firstWords } from '../task-views.ts';
import type { LandingLine, PageOf } from './page.ts';

export function landingPage(federation: Federation): PageOf<'landing'> {
  const { config } = federation;
  const state = federation.state();
  const lines = landingsView(state, config).flatMap(({ task_id }): LandingLine[] => {
    const task = state.tasks.get(task_id);
    const line = task === undefined ? null : landingLine(federation, task);
    return line === null ? [] : [line];
  });
  const those = (...kinds: readonly LandingLine['is'][]): LandingLine[] => lines.filter(({ is }) => kinds.includes(is));
  return {
    page: 'landing',
    target: config.land.target,
    when: config.land.when,
    landable: those('landable'),
    waits: those('waits'),
    settled: those('landed', 'settled', 'sent-back').toSorted(byLanding),
  };
}

function byLanding({ landed: one }: LandingLine, { landed: other }: LandingLine): number {
  return (other?.at ?? '').localeCompare(one?.at ?? '');
}

export function landingLine(federation: Federation, task: Task): LandingLine | null {
  const row = landingRow(federation.state(), federation.config, task);
  if (row === null) return null;
  const { description, type, result, verified, work } = task;
  const landing = work?.landing ?? null;
  return {
    ...row,
    text: firstWords(description, 120),
    type,
    who: result?.by ?? task.reported?.by ?? task.lease?.agent ?? null,
    verified,
    inHand: task.lease !== null,
    landed: landing?.state === 'landed' ? { target: landing.target, at: landing.at, by: landing.by } : null,
  };
}
