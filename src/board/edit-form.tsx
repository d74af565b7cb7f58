/** Changes a task that nobody has claimed. */
import { useState } from 'preact/hooks';
import type { PageOf } from '../views/pages/page.ts';
import { type Done, useBoard, useSend } from './context.ts';
import { focusOnce, Result } from './parts.tsx';
import { argumentsOf, type Fields, fieldsOf, TaskFields } from './task-fields.tsx';

interface EditFormProps {
  readonly task: PageOf<'task'>['task'];
  readonly onDone: (done: Done) => void;
}

export function EditForm({ task, onDone }: EditFormProps) {
  const { shell, live } = useBoard();
  // Of the task as it was when it was opened: what somebody else changes meanwhile is not taken back.
  const [{ before, now }] = useState(() => ({ before: fieldsOf(task, shell.now), now: shell.now }));
  const [fields, setFields] = useState<Fields>(before);
  const { state, send } = useSend();
  const types = [...new Set([...(task.type === null ? [] : [task.type]), ...shell.agents.flatMap((one) => one.types)])];
  const changes = changedIn(argumentsOf(before, now), argumentsOf(fields, now));
  const submit = async (): Promise<void> => {
    const done = await send('override_task', { task_id: task.task_id, action: 'edit', changes });
    if (done !== null) onDone(done);
  };
  return (
    <form
      class="inline"
      aria-label="Edit"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <TaskFields
        fields={fields}
        types={types.sort()}
        set={(changed) => setFields({ ...fields, ...changed })}
        first={focusOnce}
      />
      <button
        type="submit"
        class="btn primary"
        data-send
        disabled={!live || state === 'sending' || Object.keys(changes).length === 0 || fields.description.trim() === ''}
      >
        {state === 'sending' ? 'Sending…' : 'Save'}
      </button>
      <Result state={state} />
    </form>
  );
}

/** A type cannot be taken away, only changed. */
function changedIn(before: object, after: object): Readonly<Record<string, unknown>> {
  const old = new Map<string, unknown>(Object.entries(before));
  return Object.fromEntries(
    Object.entries(after).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(old.get(name)) && !(name === 'type' && value === ''),
    ),
  );
}
