/** What is stuck: work that is overdue, waits for what is not there, can be taken by nobody, or lost its runner. */
import type { Finding } from '../cli/host.ts';
import type { Config } from '../config/schema.ts';
import type { FederationState } from '../domain/federation-state.ts';
import { listed, plural } from '../domain/phrases.ts';
import { nextDue } from '../domain/scheduling/tick.ts';
import { fits, mayTake } from '../domain/tasks/fit.ts';
import type { Task } from '../domain/tasks/task.ts';
import { fromMillis, toMillis } from '../domain/time.ts';
import { isAlive, machineName } from '../runner/process-table.ts';
import { ok, warning } from './finding.ts';

/** Any process that runs does what is due within a second or two. */
const overdueMs = 60_000;
const mostNamed = 10;

export function examineWork(state: FederationState, config: Config, now: number): Finding[] {
  const findings = [
    ...examineDue(state, now),
    ...examineDeadlines(state, now),
    ...examineDependencies(state),
    ...examineTakers(state, config),
    ...examineRuns(state),
  ];
  return findings.length === 0 ? [ok('work', `${plural(state.tasks.size, 'task')}, none of them stuck`)] : findings;
}

/** Leases that ended, votes past their deadline, retries and start times: nobody is there to act on them. */
function examineDue(state: FederationState, now: number): Finding[] {
  const due = nextDue(state);
  if (due === null || toMillis(due) > now - overdueMs) return [];
  const before = fromMillis(now);
  const leases = [...state.tasks.values()].filter(({ lease }) => {
    return lease !== null && (lease.session === null ? lease.expires_at : lease.hold_until) < before;
  });
  const votes = [...state.votes.values()].filter(({ status, deadline }) => status === 'active' && deadline < before);
  const what = [
    ...(leases.length === 0 ? [] : [`leases of ${listed(leases.map(({ task_id }) => task_id))}`]),
    ...(votes.length === 0 ? [] : [`the deadline of ${listed(votes.map(({ vote_id }) => vote_id))}`]),
  ];
  const detail = `Overdue since ${due}${what.length === 0 ? '' : `: ${what.join(', ')}`}; no process is running that acts on it`;
  return [warning('overdue', detail, 'The next command, such as fed status, does it.', 'catch-up')];
}

function examineDeadlines(state: FederationState, now: number): Finding[] {
  const before = fromMillis(now);
  const late = [...state.tasks.values()].filter(
    ({ status, deadline }) =>
      (status === 'pending' || status === 'in-progress') && deadline !== null && deadline < before,
  );
  if (late.length === 0) return [];
  const detail = `Past their deadline:${named(late, ({ deadline }) => `was due ${deadline ?? ''}`)}`;
  return [
    warning('deadlines', detail, 'Move it with fed queue edit ID --deadline TIME, or cancel it: fed queue cancel ID.'),
  ];
}

function examineDependencies(state: FederationState): Finding[] {
  const { tasks, archived, votes, archivedVotes } = state;
  const isThere = (id: string): boolean => tasks.has(id) || archived.has(id) || votes.has(id) || archivedVotes.has(id);
  const gone = (task: Task): string[] =>
    task.status === 'pending' ? task.waiting_for.filter((id) => !isThere(id)) : [];
  const dangling = [...tasks.values()].filter((task) => gone(task).length > 0);
  if (dangling.length === 0) return [];
  const detail = `Waiting for what does not exist:${named(dangling, (task) => `waits for ${listed(gone(task))}`)}`;
  const next = 'Name other dependencies with fed queue edit ID --after OTHER, or cancel it: fed queue cancel ID.';
  return [warning('dependencies', detail, next)];
}

function examineTakers(state: FederationState, config: Config): Finding[] {
  const people = new Set([config.operator, ...config.people]);
  const everyone = Object.keys(config.agents).map((name) => mayTake(state, config, name));
  const stuck = [...state.tasks.values()].filter(
    (task) =>
      task.status === 'pending' &&
      !(task.to_agent !== null && people.has(task.to_agent)) &&
      !everyone.some((fit) => fits(task, fit)),
  );
  if (stuck.length === 0) return [];
  const detail = `Nobody can take:${named(stuck, whyNobody)}`;
  const next = 'Reassign it with fed queue reassign ID AGENT, or add the agent or type to config.json.';
  return [warning('takers', detail, next)];
}

function whyNobody({ to_agent, type }: Task): string {
  if (to_agent !== null) return `for ${to_agent}, who may not take it or is not in config.json`;
  return type === null ? 'no agent takes unaddressed work' : `no agent does "${type}"`;
}

/** Of this machine; those of others are settled by their leases. */
function examineRuns(state: FederationState): Finding[] {
  const machine = machineName();
  const orphans = [...state.runs.values()].filter(
    (run) => run.outcome === null && run.machine === machine && !isAlive(run.runner),
  );
  if (orphans.length === 0) return [];
  const detail = `The runner of ${listed(orphans.map(({ run_id }) => run_id))} is gone`;
  return [
    warning('runs', detail, 'fed work ends what is left of them when it starts; their tasks are then free again.'),
  ];
}

function named(tasks: readonly Task[], why: (task: Task) => string): string {
  const lines = tasks.slice(0, mostNamed).map((task) => `\n  ${task.task_id} ${why(task)}`);
  return `${lines.join('')}${tasks.length > mostNamed ? `\n  and ${tasks.length - mostNamed} more` : ''}`;
}
