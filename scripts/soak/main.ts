/**
 * `npm run soak`: a simulated week of 1,000 tasks a day, six processes, kills.
 * Exits with 1 where anything was lost, doubled or beyond a limit.
 *
 *   npm run soak -- --days 1 --tasks 500 --workers 4 --kills 5 --seed 7
 */
import { parseArgs } from 'node:util';
import type { Target } from '../../src/views/targets.ts';
import { runSoak } from './run-soak.ts';

const number = (fallback: string) => ({ type: 'string', default: fallback }) as const;
const { values } = parseArgs({
  options: {
    days: number('7'),
    tasks: number('1000'),
    workers: number('6'),
    kills: number('28'),
    seed: number('1'),
  },
});
const [days, tasksPerDay, workers, kills, seed] = [
  values.days,
  values.tasks,
  values.workers,
  values.kills,
  values.seed,
].map(Number);
if ([days, tasksPerDay, workers, kills, seed].some((value) => value === undefined || !(value >= 0))) {
  throw new Error('Expected numbers for --days, --tasks, --workers, --kills and --seed');
}

const started = performance.now();
const result = await runSoak({
  days: days ?? 7,
  tasksPerDay: tasksPerDay ?? 1_000,
  workers: workers ?? 6,
  kills: kills ?? 28,
  seed: seed ?? 1,
  onDay: (count, { index, clock }) =>
    say(
      `day ${count}  ${clock.slice(0, 10)}  ${index.byStatus.completed.size} completed in state, ${index.ready.size} ready, ${elapsed()}`,
    ),
});

say('');
say(`${result.queued} tasks queued, ${result.completed} completed, ${result.byRule} by rules`);
say(`${result.records} records with ${result.events} events; ${result.acknowledged} commands acknowledged to workers`);
say(
  `${result.kills} processes killed; ${result.refused} commands refused; limits reached ${result.limitsReached} times`,
);
say(`${result.operatorAnswers} inbox items answered`);
say(`queued automatically        ${shown(result.targets.queued_automatically, true)}`);
say(`operator hand-offs per day  ${shown(result.targets.operator_handoffs_per_day, false)}`);
say(`routing accuracy            ${shown(result.targets.routing_accuracy, true)}`);
say(`claim to completion         ${shown(result.targets.completion_time, true)}`);
say(`took ${elapsed()}`);
say('');
if (result.faults.length === 0) {
  say('Nothing lost, nothing doubled, no limit exceeded.');
} else {
  for (const fault of result.faults) say(`FAULT: ${fault}`);
  process.exitCode = 1;
}

function shown({ value, target, met }: Target, isShare: boolean): string {
  if (value === null) return 'too few cases';
  const text = isShare ? `${(value * 100).toFixed(1)} %` : value.toFixed(2);
  return `${text} (target ${target}: ${met === true ? 'met' : 'missed'})`;
}

function elapsed(): string {
  return `${((performance.now() - started) / 1_000).toFixed(0)} s`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
