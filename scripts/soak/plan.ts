/** What the simulated week looks like: roster, rules, how much work comes when. */
import { hour, minute } from '../../src/domain/time.ts';

export const soakStart = Date.parse('2026-02-02T00:00:00.000Z');
export const stepMs = 5 * minute;
/** A killed process counts as gone after this much real time. */
export const graceSeconds = 2;

const doer = { capacity: 30 };

export const soakConfig = {
  operator: 'reuben',
  agents: {
    claude: { ...doer, types: ['research', 'review', 'documentation'], fallback: 'kimi' },
    kimi: { ...doer, types: ['implementation', 'testing', 'execution'], fallback: 'copilot' },
    copilot: { ...doer, types: ['implementation', 'testing', 'refactoring'], fallback: 'kimi' },
  },
  scheduling: {
    rules: [
      {
        name: 'implement-research',
        when: { type: 'research' },
        then: { type: 'implementation', to_agent: 'kimi', description: 'Implement {task_id}: {summary}' },
      },
      {
        name: 'test-implementation',
        when: { type: 'implementation' },
        then: { type: 'testing', description: 'Test {task_id}: {summary}' },
      },
      { name: 'review-tested', when: { type: 'testing' }, then: { type: 'review', description: 'Review {task_id}' } },
      {
        // Feeds itself for as long as there are artifacts: only the depth limit ends it.
        name: 'document-again',
        when: { type: 'documentation', artifact: true },
        then: { type: 'documentation', description: 'Improve what {task_id} wrote' },
      },
    ],
  },
  retries: { first_delay_seconds: 60 },
  leases: { grace_seconds: graceSeconds },
  log_file: null,
};

/** Share of a day's work that begins in each hour: quiet nights, a busy middle of the day. */
const byHour = [1, 1, 1, 1, 1, 2, 3, 4, 6, 7, 7, 6, 5, 6, 7, 7, 6, 5, 4, 3, 2, 2, 1, 1];
const whole = byHour.reduce((sum, weight) => sum + weight, 0);

/** Roots to be queued in a step, on average. A root leads to three more tasks, and some are passed on or sent back. */
export function rootsPerStep(now: number, tasksPerDay: number): number {
  const weight = byHour[new Date(now).getUTCHours()] ?? 1;
  const tasksPerRoot = 4.4;
  return (tasksPerDay / tasksPerRoot) * (weight / whole) * (stepMs / hour);
}
