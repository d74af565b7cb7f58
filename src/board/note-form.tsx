/** A few words for whoever works on a task, sent with a call. */
import { useState } from 'preact/hooks';
import { useBoard, useSend } from './context.ts';
import { focusOnce, Result } from './parts.tsx';

interface NoteFormProps {
  readonly label: string;
  readonly button: string;
  readonly tool: string;
  /** The words join them as `note`. */
  readonly args: Readonly<Record<string, unknown>>;
  readonly onDone: () => void;
}

export function NoteForm({ label, button, tool, args, onDone }: NoteFormProps) {
  const { live } = useBoard();
  const [note, setNote] = useState('');
  const { state, send } = useSend();
  const submit = async (): Promise<void> => {
    if (note.trim() !== '' && (await send(tool, { ...args, note: note.trim() })) !== null) onDone();
  };
  return (
    <form
      class="inline"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label class="fld">
        <span>{label}</span>
        <textarea
          ref={focusOnce}
          rows={2}
          maxLength={2000}
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      </label>
      <button type="submit" class="btn primary" data-send disabled={!live || state === 'sending' || note.trim() === ''}>
        {state === 'sending' ? 'Sending…' : button}
      </button>
      <Result state={state} />
    </form>
  );
}
