import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Need, PageOf } from '../../views/pages/page.ts';
import type { TaskRow } from '../../views/task-rows.ts';
import { type Done, useBoard, useSend } from '../context.ts';
import { Action, Age, Bar, Clock, Glyph, Head, Id, Priority, Result, RowGlyph, Text, Undo } from '../parts.tsx';
import { useLastLook } from '../last-look.ts';
import { TaskForm } from '../task-form.tsx';
import {
  type ActionWords,
  actionWords,
  age,
  count,
  kindWords,
  percent,
  stated,
  voteReasons,
  whoHas,
} from '../words.ts';

export function Needs({ data }: { readonly data: PageOf<'needs'> }) {
  const { shell } = useBoard();
  const { items, total, stuck, working, ready } = data;
  const who = shell.reader.readOnly ? shell.operator : 'you';
  const [oldest] = items;
  const title =
    total === 0
      ? `Nothing needs ${who}.`
      : `${total} ${total === 1 ? 'needs' : 'need'} ${who}${stuck.length === 0 ? '' : `, ${stuck.length} ${stuck.length === 1 ? 'is' : 'are'} stuck`}.`;
  const sub = [
    ...(oldest === undefined ? [] : [`The oldest has waited ${age(oldest.opened_at, shell.now)}.`]),
    total === 0 && stuck.length > 0 ? `${count(stuck.length, 'task')} stuck.` : '',
    working === 0
      ? ready === 0
        ? 'Nothing is being worked on.'
        : `${count(ready, 'task')} ready, nothing is being worked on.`
      : `${count(working, 'task')} ${working === 1 ? 'is' : 'are'} being worked on.`,
  ].join(' ');
  if (data.isNew && total === 0) return <FirstScreen />;
  return (
    <>
      <Head title={title} sub={sub} />
      <div class="needs">
        <div>
          <Items items={items} total={total} />
          {total === 0 && data.lately.length > 0 ? <Lately rows={data.lately} /> : null}
        </div>
        <Rail data={data} />
      </div>
    </>
  );
}

/** A new federation: the first command. */
function FirstScreen() {
  const { shell } = useBoard();
  return (
    <>
      <Head
        title="Nothing needs you."
        sub="Nothing has been queued yet. Agents take work from here once there is some."
      />
      <div class="first">
        {shell.reader.readOnly ? null : (
          <TaskForm types={[...new Set(shell.agents.flatMap(({ types }) => types))]} people={[shell.operator]} />
        )}
        <section>
          <h2>On a terminal</h2>
          <pre class="out">
            {'fed queue add "Write the release notes" --to claude\nfed init --client claude,vscode'}
          </pre>
          <p class="s">The second one connects the clients of your agents.</p>
        </section>
      </div>
    </>
  );
}

/** Above this many, the evidence folds; above the second, items of one kind are grouped. */
const fold = 6;
const group = 20;

/** What was done about an item here; `undo`: see `Done`. */
interface Answered extends Done {
  readonly label: string;
}

function Items({ items, total }: { readonly items: readonly Need[]; readonly total: number }) {
  const [answered, setAnswered] = useState<ReadonlyMap<string, Answered>>(new Map());
  const shown = useSeen(items);
  const open = new Set(items.map(({ inbox_id }) => inbox_id));
  const forget = (id: string): void => setAnswered(new Map([...answered].filter(([known]) => known !== id)));
  if (items.length > group) return <Groups items={items} total={total} />;
  if (shown.length === 0) return null;
  return (
    <ol class="items" aria-label="Waiting, oldest first">
      {shown.map((item, index) => {
        const id = item.inbox_id;
        const mine = answered.get(id) ?? null;
        if (mine !== null || !open.has(id)) {
          return <Settled key={`${id}-settled`} item={item} answered={mine} onUndone={() => forget(id)} />;
        }
        return (
          <Item
            key={id}
            item={item}
            folded={items.length > fold && index > 0}
            onAnswered={(label, done) => setAnswered((before) => new Map([...before, [id, { label, ...done }]]))}
          />
        );
      })}
    </ol>
  );
}

/**
 * Items as they are now, and those that were settled while the page is looked at, where they stood: nothing moves that
 * is under the pointer.
 */
function useSeen(items: readonly Need[]): readonly Need[] {
  const seen = useRef(new Map<string, Need>());
  return useMemo(() => {
    for (const item of items) seen.current.set(item.inbox_id, item);
    return [...seen.current.values()].sort((a, b) =>
      a.opened_at < b.opened_at ? -1 : a.opened_at > b.opened_at ? 1 : 0,
    );
  }, [items]);
}

/** One line of what needed somebody a moment ago. */
function Settled({
  item,
  answered,
  onUndone,
}: {
  readonly item: Need;
  readonly answered: Answered | null;
  readonly onUndone: () => void;
}) {
  const line = useRef<HTMLLIElement>(null);
  const isMine = answered !== null;
  // Where the button was that did it, the keyboard goes on.
  useEffect(() => {
    if (isMine && document.activeElement === document.body) line.current?.focus();
  }, [isMine]);
  return (
    <li class="settled" ref={line} tabIndex={0} data-item>
      <Glyph name={isMine ? 'done' : 'off'} />
      <span class="t1">
        <Text text={titleOf(item)} />
      </span>
      <span class="s">{answered === null ? 'settled elsewhere' : answered.label}</span>
      {answered === null ? null : <Undo of={answered} onUndone={onUndone} />}
    </li>
  );
}

function Groups({ items, total }: { readonly items: readonly Need[]; readonly total: number }) {
  const kinds = [...new Set(items.map(({ kind }) => kind))];
  return (
    <>
      {total > items.length ? (
        <p class="s">
          The oldest {items.length} of {total}.
        </p>
      ) : null}
      {kinds.map((kind) => {
        const own = items.filter((item) => item.kind === kind);
        const common =
          own[0]?.actions.filter(
            (action) =>
              ['approve', 'dismiss', 'requeue', 'release', 'drop', 'cancel'].includes(action) &&
              own.every(({ actions }) => actions.includes(action)),
          ) ?? [];
        return (
          <details key={kind} class="group">
            <summary>
              <b>{kindWords[kind]}</b>
              <span class="n">{own.length}</span>
            </summary>
            <Bulk items={own} actions={common} />
            <ol class="items">
              {own.map((item) => (
                <Item key={item.inbox_id} item={item} folded />
              ))}
            </ol>
          </details>
        );
      })}
    </>
  );
}

/** One action for all of a kind, each answered by itself. */
function Bulk({
  items,
  actions,
}: {
  readonly items: readonly Need[];
  readonly actions: readonly Need['actions'][number][];
}) {
  const { call, live, shell } = useBoard();
  const [asked, setAsked] = useState<Need['actions'][number] | null>(null);
  const [said, setSaid] = useState('');
  const [first] = items;
  if (first === undefined || actions.length === 0 || shell.reader.readOnly) return null;
  const run = async (action: Need['actions'][number]): Promise<void> => {
    setAsked(null);
    let done = 0;
    for (const { inbox_id } of items) {
      const outcome = await call('answer_inbox', { inbox_id, action });
      if (outcome.ok) done += 1;
      setSaid(`${done} of ${items.length} done.`);
    }
  };
  return (
    <div class="bulk">
      {asked === null
        ? actions.map((action) => (
            <button key={action} type="button" class="btn" disabled={!live} onClick={() => setAsked(action)}>
              {actionWords(action, first).label.replace('…', '')} all {items.length}…
            </button>
          ))
        : [
            <span key="ask">
              {actionWords(asked, first).label.replace('…', '')} all {items.length}?
            </span>,
            <button key="yes" type="button" class="btn danger" onClick={() => void run(asked)}>
              Yes, all {items.length}
            </button>,
            <button key="no" type="button" class="btn quiet" onClick={() => setAsked(null)}>
              Not now
            </button>,
          ]}
      {said === '' ? null : <span role="status">{said}</span>}
    </div>
  );
}

interface ItemProps {
  readonly item: Need;
  readonly folded: boolean;
  readonly onAnswered?: (label: string, done: Done) => void;
}

export function Item({ item, folded, onAnswered = () => {} }: ItemProps) {
  const { shell } = useBoard();
  const [answer, setAnswer] = useState('');
  const { task: about } = item;
  const evidence = <Evidence item={item} onAnswered={onAnswered} />;
  return (
    <li class="item" tabIndex={0} data-item>
      <div class="age">
        <Age at={item.opened_at} />
        <small>
          <Clock at={item.opened_at} />
        </small>
      </div>
      <div class="what">
        <p class="kind">
          <b>{kindWords[item.kind]}</b>
          {item.kind === 'question' && item.from !== null ? ` from ${item.from}` : ''}
          {item.task_id === undefined ? null : (
            <>
              {item.kind === 'question' ? ' on ' : ' of '}
              <Id id={item.task_id} />
            </>
          )}
          {item.vote_id === undefined ? null : (
            <>
              {' '}
              <Id id={item.vote_id} />
            </>
          )}
          {about?.type == null ? '' : `, ${about.type}`}
          {about === null || about.priority === 'normal' ? null : (
            <>
              , <Priority of={about.priority} />
            </>
          )}
          <span class="ph">
            , <Age at={item.opened_at} />
          </span>
        </p>
        <h2 class="h3">
          <Text text={titleOf(item)} />
        </h2>
        {folded ? (
          <details>
            <summary>Why</summary>
            {evidence}
          </details>
        ) : (
          evidence
        )}
        {item.actions.includes('answer') && !shell.reader.readOnly ? (
          <label class="say">
            <span class="sr">Your answer to {item.from ?? 'the agent'}</span>
            <textarea
              rows={2}
              placeholder={`Answer ${item.from ?? ''}`}
              value={answer}
              maxLength={8000}
              onInput={(event) => setAnswer(event.currentTarget.value)}
            />
          </label>
        ) : null}
      </div>
      <div class="acts">
        {shell.reader.readOnly ? (
          <p class="s">{shell.operator} can answer this.</p>
        ) : (
          item.actions.map((action, index) => (
            <ItemAction
              key={action}
              item={item}
              action={action}
              isFirst={index === 0}
              answer={answer}
              onAnswered={(label, done) => {
                setAnswer('');
                onAnswered(label, done);
              }}
            />
          ))
        )}
      </div>
    </li>
  );
}

function titleOf(item: Need): string {
  if (item.vote !== null) return item.vote.question;
  if (item.kind === 'question') return item.detail ?? item.title;
  return item.headline ?? item.title;
}

/** What else is said about it than its heading, in lines. */
function detailOf({ kind, title, detail, headline, vote }: Need): string {
  if (kind === 'question') return '';
  if (vote !== null) return undecidedWords(vote);
  // The heading says the task, and the line above it what it is about.
  const said = detail ?? '';
  const text = headline === null ? said : said.replace(`: ${headline}`, '.');
  const isSaid = headline === null || kind === 'approval';
  return isSaid ? text : text.includes('\n') ? `${title}\n${text}` : [`${title}.`, text].join(' ').trim();
}

/** Why agents have not settled it. */
function undecidedWords({ result, voted, eligible }: NonNullable<Need['vote']>): string {
  const because = result?.escalated_because;
  const mean = result?.tally?.mean_confidence ?? null;
  const why = because === undefined ? '' : `No result: ${voteReasons[because] ?? because}. `;
  const sure = because === 'low-confidence' && mean !== null ? `Mean confidence ${stated(mean)}; 0.70 is needed. ` : '';
  return `${why}${sure}${voted.length} of ${eligible.length} voted.`;
}

interface EvidenceProps {
  readonly item: Need;
  readonly onAnswered: (label: string, done: Done) => void;
}

function Evidence({ item, onAnswered }: EvidenceProps) {
  const lines = detailOf(item);
  return (
    <>
      {item.kind === 'question' && item.headline !== null ? (
        <p class="d">{item.headline}</p>
      ) : lines === '' ? null : (
        <Lines text={lines} />
      )}
      {item.candidates.length === 0 ? null : (
        <div class="score">
          {item.candidates.map(({ agent, score }, index) => [
            <span key={`${agent}-name`} class={index === 0 ? 'b' : ''}>
              {agent}
            </span>,
            <Bar key={`${agent}-bar`} share={score} tone={index === 0 ? 'lead' : 'other'} />,
            <span key={`${agent}-score`}>{score.toFixed(2)}</span>,
          ])}
        </div>
      )}
      {item.vote === null ? null : <VoteEvidence item={item} onAnswered={onAnswered} />}
      {item.kept === undefined ? null : (
        <ul class="kept">
          {item.kept.map(({ type, to_agent, after, rule }) => (
            <li key={`${after}-${rule}`}>
              {type} for {to_agent} after <Id id={after} /> <span class="q">({rule})</span>
            </li>
          ))}
          {item.kept_total === undefined ? null : <li class="q">{item.kept_total} in all</li>}
        </ul>
      )}
      {item.task_ids === undefined ? null : (
        <p class="ids">
          {item.task_ids.map((id) => (
            <Id key={id} id={id} />
          ))}
        </p>
      )}
      {item.chain === undefined ? null : (
        <p class="ids">
          <span class="q">Chain:</span>
          {item.chain.map((id) => (
            <Id key={id} id={id} />
          ))}
        </p>
      )}
    </>
  );
}

/** A sentence, and the end of what a program wrote. */
function Lines({ text }: { readonly text: string }) {
  const [first = '', ...rest] = text.split('\n');
  if (rest.length < 2) {
    return (
      <p class="d">
        <Text text={text} />
      </p>
    );
  }
  return (
    <>
      <p class="d">
        <Text text={first} />
      </p>
      <pre class="out" tabIndex={0}>
        {rest.slice(-5).join('\n')}
      </pre>
    </>
  );
}

function VoteEvidence({ item, onAnswered }: EvidenceProps) {
  const { shell } = useBoard();
  const options = item.vote?.result?.tally?.options ?? [];
  const best = Math.max(0, ...options.map(({ in_force }) => in_force ?? 0));
  return (
    <div class="score six">
      {options.length === 0
        ? null
        : ['Option', 'Plain', '', 'Calibrated', '', ''].map((name, index) => (
            <span key={`head-${index}`} class="s head-of">
              {name}
            </span>
          ))}
      {options.map(({ option, plain, calibrated, in_force }) => [
        <span key={`${option}-name`} class={in_force === best ? 'b' : ''}>
          {option}
        </span>,
        <Bar key={`${option}-plain`} hideOnPhone share={plain.share ?? 0} tone="plain" line={0.5} />,
        <span key={`${option}-ps`} class="dk">
          {percent(plain.share)}
        </span>,
        <Bar
          key={`${option}-calibrated`}
          share={calibrated.share ?? 0}
          tone={in_force === best ? 'lead' : 'other'}
          line={0.5}
        />,
        <span key={`${option}-cs`}>{percent(calibrated.share)}</span>,
        <span key={`${option}-decide`} class="own">
          {shell.reader.readOnly || !item.actions.includes('decide') ? null : (
            <Action
              label={`Decide ${option}`}
              tool="answer_inbox"
              args={{ inbox_id: item.inbox_id, action: 'decide', choice: option }}
              kind={in_force === best ? 'outline' : 'plain'}
              onDone={(done) => onAnswered(`decided: ${option}`, done)}
            />
          )}
        </span>,
      ])}
    </div>
  );
}

interface ItemActionProps {
  readonly item: Need;
  readonly action: Need['actions'][number];
  readonly isFirst: boolean;
  readonly answer: string;
  readonly onAnswered: (label: string, done: Done) => void;
}

function ItemAction({ item, action, isFirst, answer, onAnswered }: ItemActionProps) {
  const words = actionWords(action, item);
  const kind = isFirst ? 'primary' : words.final || action === 'cancel' ? 'danger' : 'plain';
  const done = words.done;
  const args = { inbox_id: item.inbox_id, action };
  if (words.asks === 'choice') return null;
  if (words.asks === 'note')
    return (
      <AnswerButton args={args} answer={answer} effect={words.effect} onAnswered={(sent) => onAnswered(done, sent)} />
    );
  if (words.asks === 'agent') return <GiveButton args={args} words={words} kind={kind} onAnswered={onAnswered} />;
  if (words.asks === 'changes') {
    return item.task_id === undefined ? null : (
      <div class="act">
        <a class="btn plain" href={`/tasks/${item.task_id}`}>
          {words.label}
        </a>
        <span class="s">{words.effect}</span>
      </div>
    );
  }
  return (
    <div class="act">
      <Action
        label={words.final ? `${words.label}…` : words.label}
        letter={words.key}
        tool="answer_inbox"
        args={args}
        kind={kind}
        confirm={words.final ? `${words.label}: ${words.effect}. This cannot be undone.` : null}
        onDone={(sent) => onAnswered(done, sent)}
      />
      <span class="s">{words.effect}</span>
    </div>
  );
}

function AnswerButton({
  args,
  answer,
  effect,
  onAnswered,
}: {
  readonly args: object;
  readonly answer: string;
  readonly effect: string;
  readonly onAnswered: (done: Done) => void;
}) {
  const { live } = useBoard();
  const { state, send } = useSend();
  const submit = async (): Promise<void> => {
    if (answer.trim() === '') return;
    const done = await send('answer_inbox', { ...args, note: answer.trim() });
    if (done !== null) onAnswered(done);
  };
  return (
    <div class="act">
      <button
        type="button"
        class="btn primary"
        data-send
        disabled={!live || state === 'sending' || answer.trim() === ''}
        onClick={() => void submit()}
      >
        {state === 'sending' ? 'Sending…' : 'Send answer'}
        <kbd aria-hidden="true">Ctrl ↵</kbd>
      </button>
      <Result state={state} />
      <span class="s">{effect}</span>
    </div>
  );
}

function GiveButton({
  args,
  words,
  kind,
  onAnswered,
}: {
  readonly args: object;
  readonly words: ActionWords;
  readonly kind: string;
  readonly onAnswered: (label: string, done: Done) => void;
}) {
  const { shell, live } = useBoard();
  const { state, send } = useSend();
  const [isOpen, setOpen] = useState(false);
  return (
    <div class="act">
      <button
        type="button"
        class={`btn ${kind}`}
        data-key={words.key}
        disabled={!live}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {words.label}
        <kbd aria-hidden="true">{words.key.toUpperCase()}</kbd>
      </button>
      {isOpen ? (
        <div class="choices" role="group" aria-label="To whom">
          {['auto', ...shell.agents.map(({ name }) => name)].map((name) => (
            <button
              key={name}
              type="button"
              class="btn"
              disabled={!live || state === 'sending'}
              onClick={() =>
                void send('answer_inbox', { ...args, to_agent: name }).then((done) => {
                  if (done !== null) onAnswered(`${words.done} ${nameOf(name)}`, done);
                })
              }
            >
              {nameOf(name)}
            </button>
          ))}
        </div>
      ) : null}
      <Result state={state} />
      <span class="s">{words.effect}</span>
    </div>
  );
}

function nameOf(agent: string): string {
  return agent === 'auto' ? 'the router’s choice' : agent;
}

function Lately({ rows }: { readonly rows: readonly TaskRow[] }) {
  const last = useLastLook();
  const since = last === null ? [] : rows.filter((row) => row.since > last);
  const shown = since.length === 0 ? rows : since;
  return (
    <section class="empty">
      <h2>
        {last === null || since.length === 0 ? (
          'Finished lately'
        ) : (
          <>
            Since you last looked, <Clock at={last} />
          </>
        )}
        <span class="n">{shown.length}</span>
      </h2>
      <ol>
        {shown.map((row) => (
          <li key={row.task_id}>
            <span class="s r">
              <Clock at={row.since} />
            </span>
            <RowGlyph row={row} />
            <a href={`/tasks/${row.task_id}`}>{row.description}</a>
            <span class="s">
              {whoHas(row)}, {row.status}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Rail({ data }: { readonly data: PageOf<'needs'> }) {
  const { stuck, at_work, working, places, away, today } = data;
  return (
    <aside class="rail" aria-label="At a glance">
      {stuck.length === 0 ? null : (
        <section>
          <h2>
            Stuck<span class="n">{stuck.length}</span>
          </h2>
          {stuck.map((row) => (
            <div key={row.task_id} class="rl">
              <span>
                <Id id={row.task_id} /> {row.holding?.agent ?? row.type ?? ''}
              </span>
              <span class="v warn">
                {row.holding === null ? (
                  <>
                    ready <Age at={row.since} />
                  </>
                ) : (
                  'silent'
                )}
              </span>
              <span class="s">{row.holding === null ? doubtWords(row) : 'Its program shows no sign of life.'}</span>
            </div>
          ))}
        </section>
      )}
      <section>
        <h2>
          At work
          <span class="n">
            {working} of {places} places
          </span>
        </h2>
        {at_work.map((row) => (
          <div key={row.task_id} class="rl">
            <span>
              <Id id={row.task_id} /> {whoHas(row)}
              {row.waits === null ? null : <span class="q">, its checks</span>}
            </span>
            <span class="v">
              <Age at={row.since} />
            </span>
            <span class="s">{row.description}</span>
          </div>
        ))}
      </section>
      {away.length === 0 ? null : (
        <section>
          <h2>
            Away<span class="n">{away.length}</span>
          </h2>
          {away.map((agent) => (
            <div key={agent.name} class="rl">
              <span>{agent.name}</span>
              <span class="v">
                {agent.until === undefined ? (
                  agent.status
                ) : (
                  <>
                    back <Clock at={agent.until} />
                  </>
                )}
              </span>
              <span class="s">
                {agent.reason === undefined ? '' : `${agent.reason}.`}
                {agent.fallback !== undefined && agent.ready > 0
                  ? ` ${agent.fallback} may take its ${count(agent.ready, 'ready task')}.`
                  : ''}
              </span>
            </div>
          ))}
        </section>
      )}
      <section>
        <h2>Last 24 hours</h2>
        {Object.entries(today).map(([name, value]) => (
          <div key={name} class="rl">
            <span>{name.slice(0, 1).toUpperCase() + name.slice(1)}</span>
            <span class="v">{value}</span>
          </div>
        ))}
      </section>
    </aside>
  );
}

export function doubtWords({ doubtful, type, to_agent }: TaskRow): string {
  if (doubtful === 'nobody') return `Nobody does ${type ?? 'it'}.`;
  if (doubtful === 'not-seen') return `${to_agent ?? ''} was not seen yet.`;
  return doubtful === 'away' ? `${to_agent ?? ''} is away.` : '';
}

export function Tick({ ok }: { readonly ok: boolean }) {
  return <Glyph name={ok ? 'done' : 'failed'} tone={ok ? 'ok' : 'bad'} />;
}
