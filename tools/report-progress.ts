import { z } from 'zod';
import { defineTool } from '../src/define-tool.ts';
import { advise, sentences } from '../src/domain/advice.ts';
import { briefTask, endOf, noteView } from '../src/views/task-views.ts';
import { goOn } from '../src/views/what-next.ts';
import { shortNote, taskId } from './arguments.ts';

export const reportProgress = defineTool({
  name: 'report_progress',
  title: 'Report progress',
  description:
    'Report progress on a task you hold, ask for more time, or ask the operator a question and carry on. Returns new notes from others. On a task you do not hold: adds a note for its holder.',
  audience: 'agent',
  core: true,
  hints: { readOnly: false, destructive: false, idempotent: false },
  input: z.strictObject({
    task_id: taskId,
    note: shortNote.optional(),
    question: shortNote.optional().describe('To the operator; the answer comes with a later result'),
    progress: z.number().min(0).max(1).optional(),
    extend_minutes: z.number().min(1).max(1440).optional().describe('How much longer to hold it'),
  }),
  async handle(input, { federation, actor }) {
    const caller = actor();
    const { task, notes, is_holder } = await federation.execute('report_progress', input, caller);
    if (!is_holder) {
      const holder = task.lease?.agent;
      const reader =
        holder === undefined ? 'whoever claims it next reads it' : `${holder} reads it with its next result`;
      return {
        task: briefTask(federation.state(), task),
        next: sentences(`You do not hold ${task.task_id}: this is a note, and ${reader}.`, goOn(federation, caller)),
      };
    }
    return {
      task: briefTask(federation.state(), task),
      ...(task.lease === null ? {} : { hold_until: task.lease.hold_until }),
      ...(notes.length === 0 ? {} : { notes: notes.map(noteView) }),
      next: advise`${notes.length === 0 ? '' : 'Read the notes first. '}Carry on, then ${endOf(federation.state(), task, caller.name)}.`,
    };
  },
});
