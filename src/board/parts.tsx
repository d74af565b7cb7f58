/** Small parts that all pages are made of. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Advice } from '../domain/advice.ts';
import type { TaskRow } from '../views/task-rows.ts';
import { type Done, type Sending, useBoard, useSend } from './context.ts';
import { useEscape } from './keys.ts';
import { age, clock, type GlyphName, glyphOf, isShort, left, shortId } from './words.ts';

const shapes: Readonly<Record<GlyphName, JSX.Element>> = {
  waiting: <circle class="gs" cx="7" cy="7" r="5.5" stroke-dasharray="2 2.3" />,
  ready: <circle class="gs" cx="7" cy="7" r="5.5" />,
  checking: (
    <path
      class="gs"
      d="M7 1.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11ZM4.4 7h.01M7 7h.01M9.6 7h.01"
      stroke-linecap="round"
    />
  ),
  begun: <path class="gs" d="M7 1.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11ZM7 4v3" />,
  quarter: <path class="gf" d="M7 .8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 7 .8Zm0 1.5a4.7 4.7 0 1 1-4.7 4.7H7z" />,
  half: <path class="gf" d="M7 .8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 7 .8Zm0 1.5v9.4a4.7 4.7 0 0 1 0-9.4z" />,
  most: <path class="gf" d="M7 .8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 7 .8Zm0 1.5V7H2.3A4.7 4.7 0 0 1 7 2.3z" />,
  done: (
    <>
      <circle class="gs" cx="7" cy="7" r="5.5" />
      <path class="gs" d="m4.4 7.2 1.9 1.8 3.3-3.8" />
    </>
  ),
  failed: (
    <path
      class="gf"
      d="M7 .8a6.2 6.2 0 1 0 0 12.4A6.2 6.2 0 0 0 7 .8Zm2.9 4.4L8 7l1.9 1.9-1 1L7 8 5.1 9.9l-1-1L6 7 4.1 5.2l1-1L7 6.1l1.9-1.9z"
    />
  ),
  seal: <path class="gf" d="M1.5 3.2v8.3h11V3.2L7 7.8zM2.4 2.5h9.2L7 6.3z" />,
  unvoted: <path class="gs" d="M2 3h10v8H2z" stroke-dasharray="2 1.6" />,
  off: <circle class="gs" cx="7" cy="7" r="3.4" />,
};

/** A word stands beside each: the shape says nothing alone. */
export function Glyph({ name, tone = '' }: { readonly name: GlyphName; readonly tone?: string }) {
  return (
    <svg class={`g ${tone}`} viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">
      {shapes[name]}
    </svg>
  );
}

export function RowGlyph({ row }: { readonly row: Pick<TaskRow, 'status' | 'progress' | 'waits'> }) {
  return <Glyph name={glyphOf(row)} tone={row.status === 'failed' || row.status === 'cancelled' ? 'bad' : ''} />;
}

/** An id as a link to what it names. */
export function Id({ id }: { readonly id: string }) {
  const { shell } = useBoard();
  const [kind] = id.split('-');
  const href = kind === 'task' ? `/tasks/${id}` : kind === 'vote' ? `/votes/${id}` : '/';
  return (
    <a class="id" href={href} title={id}>
      {shortId(id, shell.now)}
    </a>
  );
}

/** Text of anybody, with the ids of this federation in it as links, and times by the reader's clock. */
export function Text({ text }: { readonly text: string }) {
  const parts = text.split(/\b((?:task|vote)-\d{4}-\d\d-\d\d-\d{3,}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)\b/);
  return (
    <>
      {parts.map((part, index) => {
        if (index % 2 === 0) return part;
        return /^\d/.test(part) ? <Clock key={index} at={part} /> : <Id key={index} id={part} />;
      })}
    </>
  );
}

export function Clock({ at, seconds = false }: { readonly at: string; readonly seconds?: boolean }) {
  const { now, zone } = useBoard();
  return (
    <time dateTime={at} title={at}>
      {clock(at, now, zone, seconds)}
    </time>
  );
}

export function Age({ at }: { readonly at: string }) {
  const { now } = useBoard();
  return (
    <time dateTime={at} title={at}>
      {age(at, now)}
    </time>
  );
}

/** What is left until then; by the second once it is short. */
export function Left({ until }: { readonly until: string }) {
  const { now, live } = useBoard();
  const [passed, setPassed] = useState(0);
  useEffect(() => {
    setPassed(0);
    if (!live || !isShort(until, now)) return undefined;
    const begun = performance.now();
    const timer = setInterval(() => setPassed(performance.now() - begun), 1_000);
    return () => clearInterval(timer);
  }, [until, now, live]);
  return (
    <time dateTime={until} title={until}>
      {left(until, new Date(Date.parse(now) + passed).toISOString())}
    </time>
  );
}

export function Priority({ of }: { readonly of: string }) {
  return of === 'normal' ? null : <b class={of === 'critical' ? 'bad' : 'pri'}>{of}</b>;
}

interface BarProps {
  /** 0 to 1. */
  readonly share: number;
  readonly tone?: 'lead' | 'other' | 'plain' | 'you';
  /** Where the line stands that must be passed. */
  readonly line?: number;
  readonly width?: number;
  readonly hideOnPhone?: boolean;
}

/** Its length is an attribute: there are no inline styles. */
export function Bar({ share, tone = 'other', line, width = 120, hideOnPhone = false }: BarProps) {
  const length = Math.max(0, Math.min(1, share)) * width;
  return (
    <svg
      class={hideOnPhone ? 'bar dk' : 'bar'}
      viewBox={`0 0 ${width} 12`}
      width={width}
      height="12"
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <rect class="bar-ground" x="0" y="2" width={width} height="8" />
      <rect
        class={`bar-${tone}`}
        x={tone === 'plain' ? 0.5 : 0}
        y={tone === 'plain' ? 2.5 : 2}
        width={Math.max(0, length - (tone === 'plain' ? 1 : 0))}
        height={tone === 'plain' ? 7 : 8}
      />
      {line === undefined ? null : <path class="bar-line" d={`M${line * width} 0v12`} />}
    </svg>
  );
}

/** What became of something that was sent. `withUndo`: unless whoever sent it says so elsewhere. */
export function Result({ state, withUndo = true }: { readonly state: Sending; readonly withUndo?: boolean }) {
  if (state === 'idle' || state === 'sending') return null;
  if ('done' in state) {
    return (
      <>
        {state.done === '' ? null : (
          <p class="s done-line" role="status">
            <AdviceLine advice={state.done} />
          </p>
        )}
        {withUndo ? <Undo of={state} /> : null}
      </>
    );
  }
  const { message, next, code } = state.refused;
  return (
    <p class="refused" role="alert">
      {code === 'not-identified' ? (
        <>
          <a class="l" href="/sign-in" target="_blank">
            Sign in again
          </a>{' '}
          to send this.
        </>
      ) : (
        <>
          Not done: {message.replace(/\.$/, '')}. <AdviceLine advice={next} />
        </>
      )}
    </p>
  );
}

/** So long a change can be taken back where it was made; later, `fed undo` still may. */
const undoMs = 10_000;

/** Nothing where what was done stands. */
export function Undo({ of, onUndone }: { readonly of: Done; readonly onUndone?: () => void }) {
  const { live } = useBoard();
  const { state, send, clear } = useSend();
  const { undo: id } = of;
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    setOver(false);
    clear();
    const timer = setTimeout(() => setOver(true), undoMs);
    return () => clearTimeout(timer);
  }, [of]);
  if (id === null || (isOver && state === 'idle')) return null;
  if (typeof state === 'object' && 'done' in state) {
    return (
      <span class="s" role="status">
        Undone.
      </span>
    );
  }
  return (
    <>
      <button
        type="button"
        class="btn plain undo"
        data-key="u"
        disabled={!live || state === 'sending'}
        onClick={() =>
          void send('undo', { id }).then((done) => {
            if (done !== null) onUndone?.();
          })
        }
      >
        {state === 'sending' ? 'Sending…' : 'Undo'}
        <kbd aria-hidden="true">U</kbd>
      </button>
      <Result state={state} />
    </>
  );
}

/** What was done here a moment ago, in one line. */
export interface Deed extends Done {
  readonly label: string;
}

export function DeedLine({ deed }: { readonly deed: Deed | null }) {
  if (deed === null) return null;
  return (
    <p class="deed" role="status">
      {deed.label}. <Undo of={deed} />
    </p>
  );
}

interface ActionProps {
  readonly label: string;
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly kind?: 'primary' | 'outline' | 'danger' | 'plain';
  /** The letter that does it while its item is in focus. */
  readonly letter?: string;
  /** Asked in place first, where it cannot be undone. */
  readonly confirm?: string | null;
  readonly onDone?: (done: Done) => void;
}

/** A button that does one thing, and says below what became of it. */
export function Action({ label, tool, args, kind = 'plain', letter = '', confirm = null, onDone }: ActionProps) {
  const { live, shell } = useBoard();
  const { state, send } = useSend();
  const [asking, setAsking] = useState(false);
  useEscape(asking, () => setAsking(false));
  if (shell.reader.readOnly) return null;
  const now = async (): Promise<void> => {
    setAsking(false);
    const done = await send(tool, args);
    if (done !== null) onDone?.(done);
  };
  const isSending = state === 'sending';
  if (asking) {
    return (
      <div class="confirm" role="group" aria-label={`${label}: confirm`}>
        <p>{confirm}</p>
        <button type="button" class="btn danger" onClick={() => void now()}>
          {label.replace(/…$/, '')}
        </button>
        <button type="button" class="btn plain" ref={focusOnce} onClick={() => setAsking(false)}>
          Keep it
          <kbd aria-hidden="true">Esc</kbd>
        </button>
      </div>
    );
  }
  return (
    <>
      <button
        type="button"
        class={`btn ${kind}`}
        disabled={!live || isSending}
        data-key={letter === '' ? undefined : letter}
        onClick={() => (confirm === null ? void now() : setAsking(true))}
      >
        {isSending ? 'Sending…' : label}
        {letter === '' ? null : <kbd aria-hidden="true">{letter.toUpperCase()}</kbd>}
      </button>
      <Result state={state} withUndo={onDone === undefined} />
    </>
  );
}

/** For what has just appeared in answer to a click. */
export function focusOnce(element: HTMLElement | null): void {
  element?.focus();
}

/** Where a call leads, or that it can be done here. */
function pageOfCall(tool: string, args: Readonly<Record<string, unknown>>): string | null {
  const text = (name: string): string => (typeof args[name] === 'string' ? args[name] : '');
  switch (tool) {
    case 'get_task':
      return text('task_id') === '' ? '/queue' : `/tasks/${text('task_id')}`;
    case 'list_tasks':
      return '/queue';
    case 'get_vote':
    case 'decide_vote':
    case 'list_votes':
      return text('vote_id') === '' ? '/votes' : `/votes/${text('vote_id')}`;
    case 'list_inbox':
    case 'answer_inbox':
      return '/';
    case 'get_metrics':
    case 'optimize_routing':
      return '/metrics';
    default:
      return null;
  }
}

const pageWords: Readonly<Record<string, string>> = {
  '/': 'Needs you',
  '/queue': 'the queue',
  '/votes': 'the votes',
  '/metrics': 'the metrics',
};

/** What to do next: its calls as links and buttons. */
export function AdviceLine({ advice }: { readonly advice: Advice }) {
  if (typeof advice === 'string') return <Text text={advice} />;
  return (
    <>
      {advice.map((part, index) => {
        if (typeof part === 'string') return <Text key={index} text={part} />;
        const href = pageOfCall(part.tool, part.arguments);
        if (href !== null) {
          return (
            <a key={index} class="l" href={href}>
              {pageWords[href] ?? 'this page'}
            </a>
          );
        }
        const { action, task_id } = part.arguments;
        if (part.tool === 'override_task' && typeof action === 'string' && typeof task_id === 'string') {
          const label = action === 'requeue' ? 'Try again' : `${action.slice(0, 1).toUpperCase()}${action.slice(1)}`;
          return <Action key={index} label={label} tool={part.tool} args={part.arguments} kind="outline" />;
        }
        return <b key={index}>{part.tool.replaceAll('_', ' ')}</b>;
      })}
    </>
  );
}

export function Section({
  title,
  note,
  children,
}: {
  readonly title: string;
  readonly note?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="sec">
      <h2>
        {title}
        {note === undefined ? null : <span class="n">{note}</span>}
      </h2>
      {children}
    </section>
  );
}

export function Facts({ children }: { readonly children: ComponentChildren }) {
  return <dl class="facts">{children}</dl>;
}

export function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** A heading that is an answer, and a sentence below it. */
export function Head({
  title,
  sub,
  children,
}: {
  readonly title: string;
  readonly sub?: ComponentChildren;
  readonly children?: ComponentChildren;
}) {
  return (
    <div class="head">
      <div>
        <h1>{title}</h1>
        {sub === undefined ? null : <p class="sub">{sub}</p>}
      </div>
      {children === undefined ? null : <div class="tools">{children}</div>}
    </div>
  );
}
