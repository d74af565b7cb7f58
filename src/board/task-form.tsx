/** Adds a task: types, agents, and whom the router would choose. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { useBoard, useSend } from './context.ts';
import { Bar, Result } from './parts.tsx';

interface FormProps {
  readonly types: readonly string[];
  readonly people: readonly string[];
  readonly onClose?: () => void;
}

interface Fields {
  readonly description: string;
  readonly type: string;
  readonly priority: string;
  readonly to_agent: string;
  readonly after: string;
  readonly paths: string;
}

const blank: Fields = { description: '', type: '', priority: 'normal', to_agent: 'auto', after: '', paths: '' };

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
  const [fields, setFields] = useState(blank);
  const [advice, setAdvice] = useState<RouterAdvice | null>(null);
  const { state, send, clear } = useSend();
  const first = useRef<HTMLTextAreaElement>(null);
  const set = (changed: Partial<Fields>): void => {
    if (state !== 'idle') clear();
    setFields({ ...fields, ...changed });
  };

  useEffect(() => {
    if (onClose !== undefined) first.current?.focus();
  }, [onClose]);

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
    const list = (text: string): string[] => text.split(/[\s,]+/).filter((part) => part !== '');
    const dependencies = list(fields.after).map((id) => wholeId(id, shell.now));
    const paths = list(fields.paths);
    const sent = await send('queue_task', {
      description: description.trim(),
      priority: fields.priority,
      ...(type === '' ? {} : { type }),
      ...(fields.to_agent === '' ? {} : { to_agent: fields.to_agent }),
      ...(dependencies.length === 0 ? {} : { dependencies }),
      ...(paths.length === 0 ? {} : { paths }),
    });
    if (!sent) return;
    setFields({ ...blank, type: fields.type, to_agent: fields.to_agent });
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
      <label class="fld">
        <span>What is to be done</span>
        <textarea
          ref={first}
          name="description"
          rows={3}
          required
          maxLength={60_000}
          value={description}
          onInput={(event) => set({ description: event.currentTarget.value })}
        />
      </label>
      <div class="two">
        <Pick
          label="Type"
          value={type}
          options={[['', 'none'], ...types.map((name) => [name, name] as const)]}
          onPick={(value) => set({ type: value })}
        />
        <Pick
          label="Priority"
          value={fields.priority}
          options={['low', 'normal', 'high', 'critical'].map((name) => [name, name] as const)}
          onPick={(value) => set({ priority: value })}
        />
        <Pick
          label="For"
          value={fields.to_agent}
          options={[
            ['auto', 'auto (router decides)'],
            ['', 'anyone'],
            ...[...shell.agents.map(({ name }) => name), ...people].map((name) => [name, name] as const),
          ]}
          onPick={(value) => set({ to_agent: value })}
        />
        <label class="fld">
          <span>After (ids)</span>
          <input name="after" value={fields.after} onInput={(event) => set({ after: event.currentTarget.value })} />
        </label>
      </div>
      {advice === null ? null : <Advised advice={advice} />}
      <label class="fld">
        <span>Files it will change</span>
        <input
          class="m"
          name="paths"
          placeholder="src/mail/**"
          value={fields.paths}
          onInput={(event) => set({ paths: event.currentTarget.value })}
        />
      </label>
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

interface PickProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly onPick: (value: string) => void;
}

export function Pick({ label, value, options, onPick }: PickProps) {
  return (
    <label class="fld">
      <span>{label}</span>
      <select value={value} onChange={(event) => onPick(event.currentTarget.value)}>
        {options.map(([name, text]) => (
          <option key={name} value={name} selected={name === value}>
            {text}
          </option>
        ))}
      </select>
    </label>
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

/** `009` is today's. */
export function wholeId(id: string, now: string): string {
  return /^\d{1,4}$/.test(id)
    ? `task-${now.slice(0, 10)}-${id.padStart(3, '0')}`
    : /^\d\d-\d\d-\d+$/.test(id)
      ? `task-${now.slice(0, 4)}-${id}`
      : id;
}
