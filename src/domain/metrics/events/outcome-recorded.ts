import type { EventKind } from '../../event-kind.ts';
import { because } from '../../event-words.ts';
import type { AgentName } from '../../names.ts';
import { importKey } from '../../tasks/import-row.ts';
import { minute, toMillis } from '../../time.ts';
import { countOutcome } from '../count-outcome.ts';

/** An attempt that was made elsewhere, or before this federation; counts like one. */
export interface OutcomeRecorded {
  readonly type: 'outcome_recorded';
  readonly agent: AgentName;
  readonly task_type: string;
  readonly success: boolean;
  readonly description: string | null;
  readonly duration_minutes: number | null;
  /** The work was sent back: no success. */
  readonly rework: boolean;
  /** Where an import found it, so that it counts once. */
  readonly source?: { readonly system: string; readonly id: string };
}

export const outcomeRecorded: EventKind<OutcomeRecorded> = {
  type: 'outcome_recorded',
  description: 'The operator recorded the outcome of work done outside the queue; it counts like an attempt.',
  count(state, { agent, task_type: type, success, duration_minutes, rework }, { at }) {
    const field = rework ? 'sent_back' : success ? 'successes' : 'failures';
    const duration = duration_minutes === null ? null : Math.round(duration_minutes * minute);
    // Sent back or not, it is one more attempt: none that was counted before is taken back.
    const step = success && !rework ? 'successes' : 'failures';
    countOutcome(state, { agent, type, field, duration, step }, toMillis(at));
  },
  /** Metrics are all it changes, beside what an import has to know again. */
  fold(state, { source }) {
    if (source === undefined) return;
    const key = importKey(source.system, source.id);
    state.imports.set(key, { key, id: source.id });
  },
  line({ agent, task_type, success, rework, description }) {
    const outcome = rework ? 'sent back' : success ? 'success' : 'failure';
    return `recorded an outcome for ${agent} (${task_type}): ${outcome}${because(description)}`;
  },
  redact: 'nothing',
  news: 'none',
};
