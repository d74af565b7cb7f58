/**
 * Runs whose runner died: what of them lives is ended, never taken over, and the attempt settled. Those of another
 * machine are left to their leases, as are those of a runner that lives.
 */
import type { Actor } from '../domain/commands.ts';
import type { Run } from '../domain/runs/run.ts';
import { endProcesses } from './end-processes.ts';
import { isAlive, machineName } from './process-table.ts';
import { record, type RunnerContext } from './runner-context.ts';

const graceMs = 1_000;

/** Gives those it settled. */
export async function recoverRuns(context: RunnerContext): Promise<readonly Run[]> {
  const { federation } = context;
  const machine = machineName();
  const own = context.inHand();
  const orphans = [...federation.state().runs.values()].filter(
    (run) => run.outcome === null && run.machine === machine && !own.has(run.run_id) && !isAlive(run.runner),
  );
  const settled: Run[] = [];
  for (const run of orphans) {
    const left = await endProcesses(run, { signal: 'SIGTERM', graceMs });
    if (left.length > 0) continue;
    const actor = recovering(run);
    const { run_id } = run;
    const nothingKnown = { exit: null, trouble: null, conversation: null, usage: null, last_words: '' };
    await record(federation, actor, 'end_run', { run_id, end: 'runner-gone', ...nothingKnown });
    const { task_id } = run;
    if (task_id !== null && federation.state().tasks.get(task_id)?.work != null) {
      await context.places.alone(task_id, () => context.places.save(run, actor));
    }
    settled.push((await record(federation, actor, 'settle_run', { run_id })).run);
  }
  return settled;
}

/** Without a session: the run's own died with its runner, and must not be shown alive. */
function recovering({ agent }: Run): Actor {
  return { name: agent, kind: 'agent', session: null, client: 'fed work', provenance: { via: 'runner' } };
}
