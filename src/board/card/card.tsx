/**
 * One card, for clients that show MCP Apps: what waits for the operator, one thing at a time, or a vote. Others get the
 * same as text. It asks nothing of the network; what it does, the client does for it, as the client's own user.
 */
import { render } from 'preact';
import { useState } from 'preact/hooks';
import { actionWords, kindWords, percent, span } from '../words.ts';
import { connect, type Host } from './host.ts';
import { type CardItem, type CardVote, readResult, type Shown } from './read-result.ts';

/** What a card has room for; the rest is for the board and the command line. */
const elsewhere: ReadonlySet<string> = new Set(['edit', 'decide', 'answer', 'reassign']);
const shownLines = 6;

interface CardProps {
  readonly shown: Shown;
  readonly act: Act;
}

/** Calls a tool, and gives what was refused. */
type Act = (tool: string, args: Readonly<Record<string, unknown>>) => Promise<string | null>;

function Card({ shown, act }: CardProps) {
  switch (shown.is) {
    case 'inbox':
      return <Inbox items={shown.items} total={shown.total} act={act} />;
    case 'vote':
      return <Vote key={shown.vote.vote_id} vote={shown.vote} mayDecide={shown.mayDecide} act={act} />;
    case 'refused':
      return (
        <p class="refused" role="alert">
          {shown.message}. {shown.next}
        </p>
      );
    case 'other':
      return <p class="s">Nothing to show.</p>;
  }
}

function Inbox({
  items,
  total,
  act,
}: {
  readonly items: readonly CardItem[];
  readonly total: number;
  readonly act: Act;
}) {
  const [at, setAt] = useState(0);
  const index = Math.min(at, items.length - 1);
  const item = items[index];
  if (item === undefined) return <h1>Nothing needs you.</h1>;
  return (
    <>
      <header>
        <h1>
          {total} {total === 1 ? 'needs' : 'need'} you.
        </h1>
        {items.length === 1 ? null : (
          <nav aria-label="Items">
            <button type="button" class="btn" disabled={index === 0} onClick={() => setAt(index - 1)}>
              Previous
            </button>
            <span class="s">
              {index + 1} of {items.length}
            </span>
            <button type="button" class="btn" disabled={index === items.length - 1} onClick={() => setAt(index + 1)}>
              Next
            </button>
          </nav>
        )}
      </header>
      <Item key={item.inbox_id} item={item} act={act} />
    </>
  );
}

function Item({ item, act }: { readonly item: CardItem; readonly act: Act }) {
  const { inbox_id, kind, title, about, detail, actions, options, opened_at } = item;
  const [note, setNote] = useState('');
  const answer = (args: Readonly<Record<string, unknown>>) => ({ inbox_id, ...args });
  const lines = detail.split('\n');
  const isQuestion = kind === 'question';
  return (
    <article>
      <p class="s">
        <b>{kindWords[kind]}</b>, {span(Date.now() - Date.parse(opened_at))}
      </p>
      <h2>{isQuestion && detail !== '' ? detail : title}</h2>
      {about === '' ? null : <p class="d">{about}</p>}
      {isQuestion || detail === '' ? null : lines.length > 2 ? (
        <pre tabIndex={0}>{lines.slice(-shownLines).join('\n')}</pre>
      ) : (
        <p class="d">{detail}</p>
      )}
      {actions.includes('answer') ? (
        <textarea
          rows={2}
          maxLength={8000}
          aria-label="Your answer"
          placeholder="Your answer"
          value={note}
          onInput={(event) => setNote(event.currentTarget.value)}
        />
      ) : null}
      <div class="acts">
        {actions.includes('answer') ? (
          <Button
            label="Send answer"
            tool="answer_inbox"
            args={answer({ action: 'answer', note: note.trim() })}
            act={act}
            isFirst
            isOff={note.trim() === ''}
          />
        ) : null}
        {actions.includes('decide')
          ? options.map((choice) => (
              <Button
                key={choice}
                label={`Decide ${choice}`}
                tool="answer_inbox"
                args={answer({ action: 'decide', choice })}
                act={act}
              />
            ))
          : null}
        {actions
          .filter((action) => !elsewhere.has(action))
          .map((action, index) => {
            const words = actionWords(action, { kind, from: null, blocks: [] });
            return (
              <Button
                key={action}
                label={words.label}
                tool="answer_inbox"
                args={answer({ action })}
                act={act}
                isFirst={index === 0 && !actions.includes('answer')}
                isFinal={words.final}
              />
            );
          })}
        {actions.includes('reassign') ? (
          <Button
            label="Give to the router’s choice"
            tool="answer_inbox"
            args={answer({ action: 'reassign', to_agent: 'auto' })}
            act={act}
          />
        ) : null}
      </div>
    </article>
  );
}

function Vote({ vote, mayDecide, act }: { readonly vote: CardVote; readonly mayDecide: boolean; readonly act: Act }) {
  const { vote_id, question, status, choice, options, tally, voted, eligible } = vote;
  const [reason, setReason] = useState('');
  const isOpen = status === 'active';
  return (
    <article>
      <p class="s">
        <b>Vote</b>, {isOpen ? 'sealed until it closes' : status}, {voted.length} of {eligible.length} have voted
      </p>
      <h2>{question}</h2>
      {choice === '' ? null : (
        <p class="d">
          Decided: <b>{choice}</b>
        </p>
      )}
      {tally.length === 0 ? (
        <ul>
          {options.map((option) => (
            <li key={option}>{option}</li>
          ))}
        </ul>
      ) : (
        <table>
          <thead>
            <tr>
              <th scope="col">Option</th>
              <th scope="col">Plain</th>
              <th scope="col">Calibrated</th>
            </tr>
          </thead>
          <tbody>
            {tally.map(({ option, plain, calibrated }) => (
              <tr key={option}>
                <th scope="row">{option}</th>
                <td>{percent(plain)}</td>
                <td>{percent(calibrated)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {mayDecide ? (
        <>
          <textarea
            rows={2}
            maxLength={2000}
            aria-label="Why"
            placeholder="Why; everyone reads it"
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
          <div class="acts">
            {options.map((option) => (
              <Button
                key={option}
                label={`Decide ${option}`}
                tool="decide_vote"
                args={{ vote_id, choice: option, reason: reason.trim() }}
                act={act}
                isOff={reason.trim() === ''}
              />
            ))}
          </div>
        </>
      ) : null}
    </article>
  );
}

interface ButtonProps {
  readonly label: string;
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly act: Act;
  readonly isFirst?: boolean;
  /** Cannot be undone: asks in place. */
  readonly isFinal?: boolean;
  readonly isOff?: boolean;
}

function Button({ label, tool, args, act, isFirst = false, isFinal = false, isOff = false }: ButtonProps) {
  const [state, setState] = useState<'idle' | 'asking' | 'sending'>('idle');
  const [refused, setRefused] = useState<string | null>(null);
  const send = async (): Promise<void> => {
    setState('sending');
    setRefused(await act(tool, args));
    setState('idle');
  };
  return (
    <span class="act">
      <button
        type="button"
        class={isFirst ? 'btn primary' : isFinal ? 'btn danger' : 'btn'}
        disabled={isOff || state === 'sending'}
        onClick={() => (isFinal && state === 'idle' ? setState('asking') : void send())}
      >
        {state === 'sending' ? 'Sending…' : state === 'asking' ? `${label}: cannot be undone` : label}
      </button>
      {state === 'asking' ? (
        <button type="button" class="btn" onClick={() => setState('idle')}>
          Keep it
        </button>
      ) : null}
      {refused === null ? null : (
        <span class="refused" role="alert">
          Not done: {refused}
        </span>
      )}
    </span>
  );
}

const root = document.querySelector('#card');
let host: Host | null = null;
let shown: Shown | null = null;

function show(result: unknown): void {
  shown = readResult(result);
  draw();
}

function draw(): void {
  if (root !== null && shown !== null) render(<Card shown={shown} act={act} />, root);
}

/** Afterwards the card shows what is there now. */
const act: Act = async (tool, args) => {
  const before = shown;
  if (host === null || before === null) return 'the card is not connected.';
  try {
    const outcome = readResult(await host.call(tool, args));
    if (outcome.is === 'refused') return `${outcome.message}. ${outcome.next}`;
    if (before.is === 'vote') show(await host.call('get_vote', { vote_id: before.vote.vote_id }));
    else show(await host.call('list_inbox', {}));
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

void connect({
  onResult: show,
  onTheme: (theme) => {
    document.documentElement.dataset['theme'] = theme;
  },
  onCancelled: () => root?.replaceChildren('The call was cancelled.'),
}).then((connected) => {
  host = connected;
});
