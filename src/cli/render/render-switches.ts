/** The pause and automatic scheduling, for a person. */
import type { OutputOf } from '../../define-tool.ts';
import type { dryRun, ScheduleView } from '../../views/schedule-view.ts';
import type { pauseFederation } from '../../../tools/pause-federation.ts';
import type { resumeFederation } from '../../../tools/resume-federation.ts';
import { type Column, renderFields, renderTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

export function renderPaused(
  { paused, in_progress, runs }: OutputOf<typeof pauseFederation>,
  terminal: Terminal,
): string {
  return renderFields(terminal, {
    paused: paused === null ? null : `by ${paused.by} at ${paused.since}`,
    reason: paused?.reason,
    'in progress': in_progress,
    runs: runs === 0 ? null : `${runs}${paused?.hard === true ? ', being ended' : ''}`,
  });
}

export function renderResumed(resumed: OutputOf<typeof resumeFederation>, terminal: Terminal): string {
  const { ready, released, dropped, kept } = resumed;
  return renderFields(terminal, {
    ready,
    released: released?.join(', '),
    dropped,
    kept,
  });
}

type RuleInWords = ScheduleView['rules'][number];

const columns: readonly Column<RuleInWords>[] = [
  { title: 'RULE', value: ({ name }) => name },
  { title: 'WHEN', value: ({ when }) => when },
  { title: 'THEN', value: ({ then }) => then },
];

export function renderSchedule(
  view: Pick<ScheduleView, 'scheduling' | 'rules'> & Partial<ScheduleView>,
  terminal: Terminal,
): string {
  const { scheduling, paused, kept, rules } = view;
  const fields = renderFields(terminal, {
    scheduling,
    paused: paused === true ? 'yes' : null,
    kept: kept === 0 ? null : kept,
  });
  return `${fields}\n\n${renderTable(rules, columns, terminal)}`;
}

export function renderDryRun(run: Awaited<ReturnType<typeof dryRun>>, terminal: Terminal): string {
  const { task_id, outcomes, scheduling, would_queue, does_not_match } = run;
  const fields = renderFields(terminal, {
    task: task_id,
    outcomes: outcomes.join(', '),
    scheduling,
    'does not match': does_not_match.join(', '),
  });
  const table = renderTable(
    would_queue,
    [
      { title: 'RULE', value: ({ rule }) => rule },
      { title: 'TYPE', value: ({ type }) => type },
      { title: 'TO', value: ({ to_agent }) => to_agent },
      { title: 'SKIPPED', value: ({ skipped }) => skipped },
      { title: 'DESCRIPTION', value: ({ description }) => description },
    ],
    terminal,
  );
  return would_queue.length === 0 ? fields : `${fields}\n\nwould queue\n${table}`;
}
