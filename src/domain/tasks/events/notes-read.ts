import type { EventKind } from '../../event-kind.ts';
import { changeTask } from '../change-task.ts';
import type { TaskId } from '../task.ts';

export interface NotesRead {
  readonly type: 'notes_read';
  readonly task_id: TaskId;
}

export const notesRead: EventKind<NotesRead> = {
  type: 'notes_read',
  description: 'The holder wanted to complete the task, and first got an unread note from a person.',
  fold(state, { task_id }) {
    changeTask(state, task_id, (task) => ({ ...task, unread_notes: 0 }));
  },
  line: ({ task_id }) => `got the notes on ${task_id} before completing it`,
  redact: 'nothing',
  news: 'none',
};
