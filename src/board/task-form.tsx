/** Adds a task: types, agents, and whom the router would choose. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useBoard, useSend } from './context.ts';
import { Bar, Result } from './parts.tsx';
import { argumentsOf, blank, type Fields, Pick, TaskFields } from './task-fields.tsx';

interface FormProps {
  readonly types: readonly string[];
  readonly people: readonly string[];
  readonly onClose?: () => void;
}

interface Added extends Fields {
  readonly to_agent: string;
}

const empty: Added = { ...blank, to_agent: 'auto' };
/** What was typed and not sent, also while the form is closed. */
let draft = empty;

interface RouterAdvice {
  readonly agent: string | null;
  readonly score: number;
  readonly reason: string;
  readonly runner_up: { readonly agent: string; readonly score: number } | null;
  readonly outcomes: number;
}

/** The router is asked this long after the last key. */
const askAfter = 400;

export function TaskForm({ types, people, onClose }: FormProps) {
  const { shell, live, call } = useBoard();
  const [fields, setFields] = useState(draft);
  const [advice, setAdvice] = useState<RouterAdvice | null>(null);
  const { state, send, clear } = useSend();
  const first = useRef<HTMLTextAreaElement>(null);
  const keep = (next: Added): void => {
    draft = next;
    setFields(next);
  };
  const set = (changed: Partial<Added>): void => {
    if (state !== 'idle') clear();
    keep({ ...fields, ...changed });
  };

  // Once: what changes around it must not take the focus from whoever types.
  useEffect(() => {
    if (onClose !== undefined) first.current?.focus();
  }, []);

  const { description, type } = fields;
  useEffect(() => {
    if (description.trim().length < 8 || !live) {
      setAdvice(null);
      return undefined;
    }
    let isStale = false;
    const timer = setTimeout(() => {
      const asked = { description: description.trim(), ...(type === '' ? {} : { type }) };
      void call('route_task', asked).then((outcome) => {
        if (!isStale) setAdvice(outcome.ok ? adviceIn(outcome.result) : null);
      });
    }, askAfter);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [description, type, live]);

  const submit = async (stay: boolean): Promise<void> => {
    const { type: named, not_before, deadline, ...rest } = argumentsOf(fields, shell.now);
    const sent = await send('queue_task', {
      ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value.length > 0)),
      ...(named === '' ? {} : { type: named }),
      ...(not_before === 'none' ? {} : { not_before }),
      ...(deadline === 'none' ? {} : { deadline }),
      ...(fields.to_agent === '' ? {} : { to_agent: fields.to_agent }),
    });
    if (!sent) return;
    keep({ ...empty, type: fields.type, to_agent: fields.to_agent });
    if (stay) first.current?.focus();
    else onClose?.();
  };
  const mayNot = !live || state === 'sending' || description.trim() === '';

  return (
    <form
      class="panel"
      aria-label="Add a task"
      onSubmit={(event) => {
        event.preventDefault();
        void submit(false);
      }}
    >
      <div class="colh">
        <h2>Add a task</h2>
        {onClose === undefined ? null : (
          <button type="button" class="btn quiet" onClick={onClose}>
            Close<kbd aria-hidden="true">Esc</kbd>
          </button>
        )}
      </div>
      <TaskFields
        fields={fields}
        types={types}
        set={set}
        first={(element) => (first.current = element)}
        beside={
          <Pick
            label="For"
            value={fields.to_agent}
            options={[
              ['auto', 'auto (router decides)'],
              ['', 'anyone'],
              ...[...shell.agents.map(({ name }) => name), ...people].map((name) => [name, name] as const),
            ]}
            onPick={(to_agent) => set({ to_agent })}
          />
        }
        below={advice === null ? null : <Advised advice={advice} />}
      />
      <p class="buttons">
        <button type="submit" class="btn primary" data-send disabled={mayNot}>
          {state === 'sending' ? 'Sending…' : 'Add task'}
          <kbd aria-hidden="true">Ctrl ↵</kbd>
        </button>
        {onClose === undefined ? null : (
          <button type="button" class="btn quiet" disabled={mayNot} onClick={() => void submit(true)}>
            Add and stay
          </button>
        )}
      </p>
      <Result state={state} />
    </form>
  );
}

function Advised({ advice }: { readonly advice: RouterAdvice }) {
  const { agent, score, runner_up, reason, outcomes } = advice;
  return (
    <div class="advice" aria-live="polite">
      <p>
        <b>{agent === null ? 'Nobody who may do it is there' : `The router would choose ${agent}`}</b>
      </p>
      <div class="score">
        {[...(agent === null ? [] : [{ agent, score }]), ...(runner_up === null ? [] : [runner_up])].map(
          (one, index) => [
            <span key={`${one.agent}-n`} class={index === 0 ? 'b' : ''}>
              {one.agent}
            </span>,
            <Bar key={`${one.agent}-b`} share={one.score} tone={index === 0 ? 'lead' : 'other'} />,
            <span key={`${one.agent}-s`}>{one.score.toFixed(2)}</span>,
          ],
        )}
      </div>
      <p class="s">
        {reason} Learned from {outcomes} outcomes.
      </p>
    </div>
  );
}

/** What route_task gives, as far as it is shown. */
function adviceIn(result: Readonly<Record<string, unknown>>): RouterAdvice {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
  const second = result['runner_up'];
  const runnerUp =
    typeof second === 'object' && second !== null && 'agent' in second && 'score' in second
      ? { agent: text(second.agent), score: number(second.score) }
      : null;
  return {
    agent: text(result['agent']) === '' ? null : text(result['agent']),
    score: number(result['score']) || number(result['confidence']),
    reason: text(result['reason']),
    runner_up: runnerUp,
    outcomes: number(result['outcomes']),
  };
}
