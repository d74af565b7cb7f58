import { useState } from 'preact/hooks';
import type { PageOf } from '../../views/pages/page.ts';
import { useBoard } from '../context.ts';
import {
  Action,
  AdviceLine,
  Age,
  Bar,
  Clock,
  type Deed,
  DeedLine,
  Fact,
  Facts,
  Glyph,
  Head,
  Id,
  Left,
  Priority,
  RowGlyph,
  Section,
  Text,
} from '../parts.tsx';
import { EditForm } from '../edit-form.tsx';
import { useEscape } from '../keys.ts';
import { NoteForm } from '../note-form.tsx';
import { age, historyWords, span, stated } from '../words.ts';
import { RunOutput } from '../run-output.tsx';
import { LandingFacts } from './landing.tsx';
import { doubtWords, Item } from './needs.tsx';

type Data = PageOf<'task'>;

export function Task({ data }: { readonly data: Data }) {
  const { shell } = useBoard();
  const { task, row, needs } = data;
  const [line = '', ...rest] = task.description.split('\n');
  return (
    <>
      <p class="s over">
        <span class="m">{task.task_id}</span> · {task.type ?? 'no type'} {task.priority === 'normal' ? '' : '· '}
        <Priority of={task.priority} /> · from {task.from_agent}
        <Cause task={task} />
      </p>
      <Head title={line} sub={<State data={data} />} />
      <div class="task">
        <div>
          {shell.reader.readOnly ? null : <Menu data={data} />}
          {needs.length === 0 ? null : (
            <Section title="Waits for you">
              <ol class="items">
                {needs.map((item) => (
                  <Item key={item.inbox_id} item={item} folded={false} />
                ))}
              </ol>
            </Section>
          )}
          {rest.join('').trim() === '' ? null : (
            <Section title="What is to be done">
              <p class="prose">
                <Text text={rest.join('\n').trim()} />
              </p>
            </Section>
          )}
          {task.result === undefined ? null : (
            <Section
              title={task.status === 'completed' ? 'Result' : 'Last words'}
              note={
                <>
                  by {task.result.by}, attempt {task.result.attempt}
                </>
              }
            >
              <p class="prose">
                <Text text={task.result.summary ?? ''} />
              </p>
              {task.result.artifacts === undefined ? null : (
                <ul class="m">
                  {task.result.artifacts.map((file) => (
                    <li key={file}>{file}</li>
                  ))}
                </ul>
              )}
            </Section>
          )}
          {task.runs === undefined ? null : (
            <Section title="Runs" note={task.runs.length}>
              {task.runs.map((run) => (
                <div key={run.run_id} class="run">
                  <p class="d">
                    <b>{run.program}</b> {run.status}
                    {run.outcome === undefined ? '' : `, ${run.outcome}`}
                    {run.how === undefined ? '' : ` (${run.how})`}, {runTime(run.minutes)}
                    {run.cost_usd === undefined ? ', cost not told' : `, ${run.cost_usd.toFixed(2)} USD`}
                    <span class="q m"> {run.run_id}</span>
                  </p>
                  {run.trouble === undefined ? null : <p class="bad">{run.trouble}</p>}
                  {run.last_words === undefined ? null : (
                    <pre class="out" tabIndex={0}>
                      {run.last_words}
                    </pre>
                  )}
                  {run.status === 'ended' || run.stop_asked_by !== undefined ? null : (
                    <div class="buttons">
                      <Action label="Stop this run" tool="stop_run" args={{ run_id: run.run_id }} />
                    </div>
                  )}
                  <RunOutput run_id={run.run_id} isOver={run.status === 'ended'} />
                </div>
              ))}
            </Section>
          )}
          {task.check_results === undefined ? null : (
            <Section title="Checks" note={task.verified === true ? 'verified' : undefined}>
              {task.check_results.map((result, index) => (
                <div key={index} class="run">
                  <p class={result.verdict === 'passed' ? 'ok' : 'bad'}>
                    <Glyph name={result.verdict === 'passed' ? 'done' : 'failed'} /> {result.check}: {result.verdict}
                    {result.exit === undefined ? '' : `, exit ${result.exit}`} by {result.by}
                    {result.commit === undefined ? null : <span class="m"> {result.commit.slice(0, 7)}</span>}
                  </p>
                  {result.output === undefined ? null : (
                    <pre class="out" tabIndex={0}>
                      {result.output}
                    </pre>
                  )}
                </div>
              ))}
            </Section>
          )}
          {task.reviews === undefined ? null : (
            <Section title="Reviews">
              {task.reviews.map(({ by, verdict, note, at }) => (
                <p key={at} class="d">
                  <b class={verdict === 'accept' ? 'ok' : 'bad'}>{verdict}</b> by {by}, <Clock at={at} />:{' '}
                  <Text text={note} />
                </p>
              ))}
            </Section>
          )}
          {task.notes === undefined ? null : (
            <Section
              title="Notes"
              note={
                data.unread === 0 ? undefined : `${data.unread} not read yet by ${row.holding?.agent ?? 'its holder'}`
              }
            >
              {task.notes.map(({ at, by, text }, index, notes) => (
                <p key={`${at}${by}`} class="d">
                  <b class={by === shell.operator ? 'you' : ''}>{by}</b> <Clock at={at} />: <Text text={text} />
                  {index < notes.length - data.unread ? null : <span class="chip">not read yet</span>}
                </p>
              ))}
            </Section>
          )}
          {task.context === undefined ? null : (
            <Section title="Context">
              <pre class="out" tabIndex={0}>
                {JSON.stringify(task.context, null, 2)}
              </pre>
            </Section>
          )}
          <History task={task} />
        </div>
        <TaskRail data={data} />
      </div>
      <span class="sr">{row.status}</span>
    </>
  );
}

/** The newest first, down to who queued it. */
function History({ task }: { readonly task: Data['task'] }) {
  const { shell } = useBoard();
  const { created_at: at, from_agent: by, history } = task;
  const entries = [{ at, by, what: 'queued it' }, ...history].toReversed();
  return (
    <Section title="History" note={entries.length}>
      <div class="hist">
        {entries.map(({ at: when, by: who, what, text }, index) => {
          const { words, glyph } = historyWords(what);
          return (
            <p key={index}>
              <span class="tm">
                <Clock at={when} />
              </span>
              {glyph === null ? <span /> : <Glyph name={glyph} tone={glyph === 'failed' ? 'bad' : ''} />}
              <span>
                <span class={who === shell.operator ? 'you' : ''}>{who}</span> {words}
                {text === undefined ? '' : what === 'claimed' ? `, ${text}` : ': '}
                {text === undefined || what === 'claimed' ? null : <Text text={text} />}
              </span>
            </p>
          );
        })}
      </div>
    </Section>
  );
}

/** Beside whom it is from: what it follows from. */
function Cause({ task: { caused_by, from_agent } }: { readonly task: Data['task'] }) {
  if (caused_by === undefined || caused_by.by === from_agent) return null;
  const { kind, by } = caused_by;
  return <>{` (${[kind, by].filter((word) => word !== undefined).join(' ')})`}</>;
}

function State({ data }: { readonly data: Data }) {
  const { now } = useBoard();
  const { row, task } = data;
  if (row.holding !== null) {
    return (
      <>
        <RowGlyph row={row} /> {row.holding.agent} {sinceWords(row.holding.since, now)}, attempt {row.holding.attempt}.{' '}
        {row.holding.silent ? <span class="warn">Its program shows no sign of life.</span> : null}
      </>
    );
  }
  return (
    <>
      <RowGlyph row={row} /> {task.status}
      {row.done_by === null ? '' : ` by ${row.done_by}`}, <Age at={row.since} />. <AdviceLine advice={data.next} />{' '}
      {row.doubtful === null ? null : <span class="warn">{doubtWords(row)}</span>}
    </>
  );
}

function runTime(minutes: number): string {
  return minutes < 1 ? 'under 1 min' : span(minutes * 60_000);
}

function sinceWords(since: string, now: string): string {
  const passed = age(since, now);
  return passed === 'now' ? 'began just now' : `has worked on it for ${passed}`;
}

type Open = 'note' | 'give' | 'edit' | null;

function Menu({ data }: { readonly data: Data }) {
  const { shell, live } = useBoard();
  const { task } = data;
  const [open, setOpen] = useState<Open>(null);
  const [deed, setDeed] = useState<Deed | null>(null);
  useEscape(open !== null, () => setOpen(null));
  const isOver = task.status !== 'pending' && task.status !== 'in-progress';
  const toggle = (what: Open, label: string) => (
    <button
      type="button"
      class="btn"
      aria-expanded={open === what}
      onClick={() => setOpen(open === what ? null : what)}
    >
      {label}
    </button>
  );
  const { task_id } = task;
  const behind = data.task.blocks?.length ?? 0;
  const holder = data.row.holding?.agent ?? null;
  return (
    <div class="menu" role="group" aria-label="What you can do">
      <div class="buttons">
        {isOver ? null : toggle('note', 'Note')}
        {isOver ? null : toggle('give', 'Reassign…')}
        {task.status === 'pending' ? toggle('edit', 'Edit…') : null}
        {task.status === 'completed' ? (
          <Action label="Try again" tool="override_task" args={{ task_id, action: 'requeue' }} kind="outline" />
        ) : null}
        {isOver ? null : (
          <Action
            label="Complete…"
            tool="override_task"
            args={{ task_id, action: 'complete' }}
            confirm="It counts as done, whatever its holder does. This cannot be undone."
            onDone={(done) => setDeed({ label: 'Completed', ...done })}
          />
        )}
        {isOver ? null : (
          <Action
            label={holder === null ? 'Cancel' : 'Cancel…'}
            tool="override_task"
            args={{ task_id, action: 'cancel' }}
            kind="danger"
            // Taken back, it is ready again; what was under way is not.
            confirm={holder === null ? null : `${holder} stops working on it. That cannot be undone.`}
            onDone={(done) =>
              setDeed({ label: behind === 0 ? 'Cancelled' : `Cancelled; ${behind} behind it stay blocked`, ...done })
            }
          />
        )}
      </div>
      {open === 'note' ? (
        <NoteForm
          label="Note; its holder reads it with its next call"
          button="Add note"
          tool="report_progress"
          args={{ task_id }}
          onDone={() => setOpen(null)}
        />
      ) : null}
      {open === 'give' ? (
        <div class="choices" role="group" aria-label="Give it to">
          {['auto', ...shell.agents.map(({ name }) => name), shell.operator].map((name) => (
            <Action
              key={name}
              label={name === 'auto' ? 'the router’s choice' : name}
              tool="override_task"
              args={{ task_id, action: 'reassign', to_agent: name }}
              onDone={(done) => {
                setOpen(null);
                setDeed({ label: `Given to ${name === 'auto' ? 'the router’s choice' : name}`, ...done });
              }}
            />
          ))}
        </div>
      ) : null}
      {open === 'edit' ? (
        <EditForm
          task={task}
          onDone={(done) => {
            setOpen(null);
            setDeed({ label: 'Changed', ...done });
          }}
        />
      ) : null}
      <DeedLine deed={deed} />
      {live ? null : <p class="s">Nothing can be sent while it is not live.</p>}
    </div>
  );
}

function TaskRail({ data }: { readonly data: Data }) {
  const { now } = useBoard();
  const { task, row } = data;
  const { lease, routing } = task;
  const named = Object.keys(data.related).length;
  const related = (ids: readonly string[] | undefined, name: string) =>
    ids === undefined || ids.length === 0 ? null : (
      <Fact name={name}>
        {ids.map((id) => (
          <span key={id} class="rel">
            <Id id={id} /> {data.related[id]?.text} <span class="q">{data.related[id]?.status}</span>
          </span>
        ))}
      </Fact>
    );
  return (
    <aside class="rail" aria-label="Facts">
      {lease === undefined || row.holding === null ? null : (
        <section>
          <h2>Lease</h2>
          <Bar width={280} tone="lead" share={shareLeft(lease.claimed_at, lease.hold_until, now)} />
          <Facts>
            <Fact name="Runs out">
              in <Left until={lease.expires_at} />{' '}
              {row.holding.until === lease.expires_at ? null : (
                <span class="q">renewed while {row.holding.agent} lives</span>
              )}
            </Fact>
            <Fact name="Hold ends">
              <Clock at={lease.hold_until} />, in <Left until={lease.hold_until} />
            </Fact>
            <Fact name="Through">{row.holding.client ?? 'unknown'}</Fact>
          </Facts>
        </section>
      )}
      {named === 0 && task.deadline === undefined && task.not_before === undefined ? null : (
        <section>
          <h2>Waits for, leads to</h2>
          <Facts>
            {related(task.dependencies, 'After')}
            {related(task.wait_for, 'Waits for')}
            {related(task.blocks, 'Unblocks')}
            {related(task.subject === undefined ? undefined : [task.subject], 'Judges')}
            {related(task.rework_of === undefined ? undefined : [task.rework_of], 'Reworks')}
            {related(task.sent_back_as === undefined ? undefined : [task.sent_back_as], 'Sent back as')}
            {task.not_before === undefined ? null : (
              <Fact name="Not before">
                <Clock at={task.not_before} />
              </Fact>
            )}
            {task.deadline === undefined ? null : (
              <Fact name="Deadline">
                <Clock at={task.deadline} />
              </Fact>
            )}
          </Facts>
        </section>
      )}
      {data.landing === null ? null : <LandingFacts line={data.landing} />}
      {routing === undefined ? null : (
        <section>
          <h2>Why {routing.agent ?? 'nobody'}</h2>
          <Facts>
            <Fact name="Confidence">
              {stated(routing.confidence)}, {routing.method}
            </Fact>
            <Fact name="Because">{routing.reason}</Fact>
          </Facts>
        </section>
      )}
      <section>
        <h2>Work</h2>
        <Facts>
          <Fact name="For">{task.to_agent ?? 'anyone'}</Fact>
          <Fact name="Attempts">
            {task.attempt} of {task.max_attempts}
          </Fact>
          {task.paths === undefined ? null : (
            <Fact name="Changes">{<span class="m">{task.paths.join(', ')}</span>}</Fact>
          )}
          {task.checks === undefined ? null : <Fact name="Checks">{task.checks.join(', ')}</Fact>}
          {task.uses === undefined ? null : <Fact name="Uses">{task.uses.join(', ')}</Fact>}
          <Fact name="If it fails">
            {task.on_failure === 'cancel'
              ? 'dependents are cancelled'
              : task.on_failure === 'continue'
                ? 'dependents go on'
                : 'dependents stay blocked'}
          </Fact>
          <Fact name="Queued">
            <Clock at={task.created_at} />
          </Fact>
        </Facts>
      </section>
    </aside>
  );
}

function shareLeft(from: string, until: string, now: string): number {
  const whole = Date.parse(until) - Date.parse(from);
  return whole <= 0 ? 0 : (Date.parse(until) - Date.parse(now)) / whole;
}
