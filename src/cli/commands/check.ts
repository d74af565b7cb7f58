import { z } from 'zod';
import { taskId } from '../../../tools/arguments.ts';
import { advise, call } from '../../domain/advice.ts';
import { checkWords } from '../../domain/checks/check-words.ts';
import { listed } from '../../domain/phrases.ts';
import { findTask } from '../../views/find-task.ts';
import { briefTask, checkView } from '../../views/task-views.ts';
import { programEnvironment } from '../program-environment.ts';
import { command } from '../command.ts';
import { Ended } from '../report-error.ts';
import { renderChecks } from '../render/render-checks.ts';
import { withSession } from '../session.ts';
import { settleTrust } from '../trust.ts';

export const check = command({
  path: 'check',
  about: "run a task's checks",
  more:
    'Runs the checks that a task must pass, on a clean checkout of its commit, and records what came of it. ' +
    'Passed: the task is completed and verified. Failed: a failed attempt, with the output as a note. ' +
    'Work that names no commit is checked in the project folder. Exit code 1 where it did not pass. docs/checks.md.',
  input: z.strictObject({ task_id: taskId, trust: z.boolean().default(false) }),
  arguments: [['<task>', 'task_id', 'id of the task']],
  options: [['--trust', 'trust', 'approve the commands of the configuration as they are now']],
  writesFiles: () => true,
  examples: ['fed check task-2026-02-06-001', 'fed check task-2026-02-06-001 --trust'],
  run: async (given, context) => {
    const { host } = context;
    let isGood = false;
    await withSession(context, async (session) => {
      const { federation, signal, show, json } = session;
      const { task_id, trust } = session.whole(z.strictObject({ task_id: taskId, trust: z.boolean() }), given, true);
      const actor = session.actor();
      const unapproved = await settleTrust(context, session, trust);
      const { checkTask } = await import('../../runner/checks/check-task.ts');
      const before = await findTask(federation, task_id);
      const told = json ? undefined : (text: string): void => host.err(`${text}\n`);
      const checking = {
        federation,
        environment: programEnvironment(federation, host.environment),
        signal,
        tell: told,
        unapproved,
      };
      const task = await checkTask(checking, before, actor);
      const results = task.check_results.slice(
        -Math.max(1, before.reported?.checks.length ?? task.check_results.length),
      );
      isGood = results.every(({ verdict }) => verdict === 'passed');
      const bad = results.filter(({ verdict }) => verdict !== 'passed');
      show(
        {
          task: briefTask(federation.state(), task),
          verified: task.verified,
          checks: results.map(checkView),
          next: isGood
            ? advise`See ${call('get_task', { task_id })}.`
            : task.status === 'in-progress'
              ? advise`No verdict: ${listed(bad.map(checkWords))}. Fix that and check again, or answer ${call('list_inbox')}.`
              : advise`It is ${task.status}; the output is a note on it: ${call('get_task', { task_id })}.`,
        },
        (terminal) => renderChecks({ task, results }, terminal),
      );
    });
    if (!isGood) throw new Ended(1);
  },
});
