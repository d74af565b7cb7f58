/** Two weeks of a federation, the same in every run: what metrics are shown of. */
import { newestForm } from '../../src/domain/tasks/subject.ts';
import type { Task } from '../../src/domain/tasks/task.ts';
import { Scenario } from './scenario.ts';

/** How often each succeeds. */
const skill = new Map([
  ['claude', 0.9],
  ['kimi', 0.95],
  ['copilot', 0.8],
  ['ollama', 0.2],
]);

/** A review ends with its verdict. */
function finish(s: Scenario, who: string, { task_id, type, subject }: Task): void {
  const work = type === 'review' && subject !== null ? newestForm(s.state, subject) : null;
  const judged = work === null ? undefined : s.state.tasks.get(work);
  if (judged?.status !== 'completed' || judged.result?.by === who) s.complete(who, task_id);
  else s.run(who, 'review_task', { task_id: judged.task_id, verdict: 'accept', note: 'good' });
}

export function twoWeeks(): Scenario {
  const s = new Scenario();
  let seed = 7;
  const roll = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  for (let day = 0; day < 14; day++) {
    for (const type of ['research', 'implementation', 'documentation', 'summary', 'deployment']) {
      s.queue(`Do ${type} on day ${day}`, { type, ...(roll() < 0.5 ? { to_agent: 'auto' } : {}) });
    }
    for (let round = 0; round < 8; round++) {
      for (const [who, rate] of skill) {
        const { task } = s.run(who, 'claim_task', {});
        if (task === null) continue;
        s.pass(5 + Math.floor(roll() * 60));
        const { task_id } = task;
        if (roll() >= rate) s.fail(who, task_id);
        else finish(s, who, task);
        const reviewer = who === 'claude' ? 'kimi' : 'claude';
        if (s.task(task_id).status === 'completed' && roll() < 0.1) {
          s.run(reviewer, 'review_task', { task_id, verdict: 'rework', note: 'more' });
        }
      }
    }
    s.pass(12 * 60);
  }
  return s;
}
