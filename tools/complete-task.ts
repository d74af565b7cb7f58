import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, call, sentences } from '../src/domain/advice.ts';
import { listed } from '../src/domain/phrases.ts';
import { briefTask, noteView } from '../src/views/task-views.ts';
import { whatNext } from '../src/views/what-next.ts';
import { note, taskId } from './arguments.ts';

export const completeTask = defineTool({
  name: 'complete_task',
  title: 'Complete a task',
  description:
    'Finish a task you hold. success: done. failure: you tried and it did not work; it is retried later unless retryable is false. In the summary say what the next agent needs and name the files. Returns what was unblocked and which follow-ups were queued.',
  audience: 'agent',
  core: true,
  alwaysLoad: true,
  hints: { readOnly: false, destructive: false, idempotent: true },
  input: z.strictObject({
    task_id: taskId,
    outcome: z.enum(['success', 'failure']),
    summary: note,
    artifacts: z.array(z.string().min(1).max(400)).max(100).optional().describe('Paths or URLs'),
    commit: z.string().trim().toLowerCase().max(64).optional().describe('Of the finished work, in full'),
    duration_minutes: z.number().min(0).max(100_000).optional(),
    attempt: z.int().min(1).optional().describe('Default: the attempt this process claimed'),
    retryable: z.boolean().optional(),
  }),
  async handle(input, { federation, actor }) {
    const caller = actor();
    const { task, unblocked, follow_ups, kept, notes } = await federation.execute('complete_task', input, caller);
    if (notes.length > 0) {
      return {
        task: briefTask(federation.state(), task),
        notes: notes.map(noteView),
        next: advise`Not completed yet: read the notes, act on them, then call ${call('complete_task', { task_id: task.task_id })} again.`,
      };
    }
    if (task.reported !== null) {
      return {
        task: briefTask(federation.state(), task),
        checks: task.reported.checks,
        next: sentences(
          task.reported.checks.length === 0
            ? 'Reported done; it counts once what you left in the worktree is saved.'
            : `Reported done; it counts once ${listed(task.reported.checks)} passed, which fed work or fed check runs.`,
          ...(task.reported.remote === true && task.reported.commit !== null
            ? [`Push ${task.reported.commit.slice(0, 12)} where ${federation.config.operator} can fetch it.`]
            : []),
          advise`You need not wait: take your next task with ${call('claim_task')}.`,
        ),
      };
    }
    const isPaused = federation.state().meta.paused !== null;
    const { operator } = federation.config;
    return {
      task: { ...briefTask(federation.state(), task), ...(task.verified ? { verified: true as const } : {}) },
      unblocked,
      follow_ups,
      ...(kept === 0 ? {} : { kept }),
      next: sentences(
        ...happened(task.status, task.starts_at, unblocked.length, follow_ups.length),
        ...(kept === 0
          ? []
          : [keptUntil(kept, isPaused ? `${operator} resumes` : `${operator} answers about the limit`)]),
        whatNext(federation, caller),
      ),
    };
  },
});

function happened(status: string, retryAt: string | null, unblocked: number, followUps: number): string[] {
  if (status === 'failed') return ['It failed for good; the operator was told.'];
  if (status === 'pending') return [`It will be retried${retryAt === null ? '' : ` after ${retryAt}`}.`];
  return [
    ...(unblocked > 0 ? [`${unblocked} unblocked.`] : []),
    ...(followUps > 0
      ? [
          `${followUps === 1 ? 'One follow-up was' : `${followUps} follow-ups were`} queued automatically; do not queue ${followUps === 1 ? 'it' : 'them'} again.`,
        ]
      : []),
  ];
}

/** An agent that sees no follow-up would queue it by hand, past the pause or the limit. */
function keptUntil(kept: number, until: string): string {
  const what = kept === 1 ? '1 follow-up is kept' : `${kept} follow-ups are kept`;
  return `${what} until ${until}: do not queue ${kept === 1 ? 'it' : 'them'} yourself.`;
}
