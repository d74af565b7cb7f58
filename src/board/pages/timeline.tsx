import { useState } from 'preact/hooks';
import type { PageOf } from '../../views/pages/page.ts';
import type { TimelineAttempt } from '../../views/pages/timeline.ts';
import { useBoard } from '../context.ts';
import { Clock, Head, Id } from '../parts.tsx';
import { clock, count, shortId, span } from '../words.ts';

type Data = PageOf<'timeline'>;

const spans = [
  [2, '2 h'],
  [24, '24 h'],
  [168, '7 days'],
] as const;

const endWords: Readonly<Record<string, string>> = {
  success: 'completed',
  failure: 'failed',
  released: 'given back',
  lapsed: 'lapsed',
  cancelled: 'cancelled',
  reassigned: 'given to another',
  rework: 'sent back',
};

const width = 1376;
const labels = 112;
const bar = 24;
const lane = 36;

export function Timeline({ data }: { readonly data: Data }) {
  const { now } = useBoard();
  const [asTable, setAsTable] = useState(false);
  const [selected, setSelected] = useState<string | null>(null);
  const { attempts, more } = data.timeline;
  const chosen = attempts.find((attempt) => keyOf(attempt) === selected) ?? null;
  return (
    <>
      <Head
        title={worst(attempts, now)}
        sub={`${count(attempts.length, 'attempt')}${more === 0 ? '' : `, ${more} more not drawn`}, ${count(data.timeline.votes.length, 'vote')}.`}
      >
        <nav class="seg" aria-label="How far back">
          {spans.map(([hours, label]) => (
            <a key={hours} href={`/timeline?hours=${hours}`} aria-current={hours === data.hours ? 'true' : undefined}>
              {label}
            </a>
          ))}
        </nav>
        <button type="button" class="btn dk" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          As a table
        </button>
      </Head>
      <div class={asTable ? 'hidden' : 'scrollx dk'} tabIndex={0} role="region" aria-label="Timeline, scrolls sideways">
        <Drawing data={data} selected={selected} onSelect={setSelected} />
        <Legend />
      </div>
      {chosen === null || asTable ? null : <Chosen attempt={chosen} />}
      <div class={asTable ? '' : 'ph'}>
        <Table attempts={attempts} />
      </div>
    </>
  );
}

function keyOf({ task_id, attempt }: TimelineAttempt): string {
  return `${task_id}/${attempt}`;
}

function stateOf({ end, checking }: TimelineAttempt): string {
  if (end !== null) return endWords[end] ?? end;
  return checking === null ? 'in progress' : 'waiting for its checks';
}

/** The time's worst, in words. */
function worst(attempts: readonly TimelineAttempt[], now: string): string {
  const failures = new Map<string, { agent: string; task_id: string; count: number }>();
  for (const { agent, task_id, end } of attempts) {
    if (end !== 'failure' && end !== 'lapsed') continue;
    const key = `${agent} ${task_id}`;
    failures.set(key, { agent, task_id, count: (failures.get(key)?.count ?? 0) + 1 });
  }
  const [first, second] = [...failures.values()].sort((a, b) => b.count - a.count);
  if (first === undefined) return attempts.length === 0 ? 'Nothing was worked on.' : 'Nothing failed.';
  // Of many that failed once, no one is the worst.
  if (first.count === 1 && second !== undefined) {
    const most = [...failures.values()].filter(({ agent }) => agent === first.agent).length;
    return most === failures.size
      ? `${first.agent} failed ${most} times.`
      : `${count(failures.size, 'attempt')} failed.`;
  }
  return `${first.agent} failed ${first.count === 1 ? 'once' : `${first.count} times`} on ${shortId(first.task_id, now)}.`;
}

interface Placed {
  readonly attempt: TimelineAttempt;
  readonly row: number;
}

/** Bars that overlap lie below each other. */
function placed(
  attempts: readonly TimelineAttempt[],
  end: string,
): { readonly bars: readonly Placed[]; readonly rows: number } {
  const ends: string[] = [];
  const bars = [...attempts]
    .sort((a, b) => (a.from < b.from ? -1 : 1))
    .map((attempt) => {
      const free = ends.findIndex((until) => until <= attempt.from);
      const row = free === -1 ? ends.length : free;
      ends[row] = attempt.to ?? end;
      return { attempt, row };
    });
  return { bars, rows: Math.max(1, ends.length) };
}

interface DrawingProps {
  readonly data: Data;
  readonly selected: string | null;
  readonly onSelect: (key: string | null) => void;
}

function Drawing({ data, selected, onSelect }: DrawingProps) {
  const { shell, now, zone } = useBoard();
  const { timeline, away, hours } = data;
  const from = Date.parse(timeline.from);
  // A little of what is to come, for leases that run out.
  const to = Date.parse(timeline.to) + (Date.parse(timeline.to) - from) / 10;
  const x = (at: string): number =>
    labels + Math.max(0, Math.min(1, (Date.parse(at) - from) / (to - from))) * (width - labels);
  const agents = [
    ...new Set([...shell.agents.map(({ name }) => name), ...timeline.attempts.map(({ agent }) => agent)]),
  ];
  const lanes = agents.map((name) => ({
    name,
    ...placed(
      timeline.attempts.filter(({ agent }) => agent === name),
      timeline.to,
    ),
  }));
  let y = 30;
  const tops = lanes.map(({ rows }) => {
    const top = y;
    y += rows * lane + 8;
    return top;
  });
  const votesTop = y;
  const asksTop = y + 44;
  const height = asksTop + 48;
  const ticks = ticksOf(from, to, hours);
  const nowX = x(timeline.to);
  return (
    <svg
      class="tl"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="group"
      aria-label={`Timeline, a lane for each agent. The table has the same.`}
    >
      {ticks.map((at) => (
        <g key={at}>
          <path class="ln" d={`M${x(at)} 22V${height}`} />
          <text x={x(at) + 4} y="14">
            {hours > 48 ? clock(at, now, zone).replace(/ \d\d:\d\d$/, '') : clock(at, now, zone)}
          </text>
        </g>
      ))}
      {lanes.map(({ name, bars }, index) => {
        const top = tops[index] ?? 0;
        const gone = away.find((agent) => agent.name === name);
        return (
          <g key={name}>
            <path class="ln" d={`M0 ${top - 4}H${width}`} />
            <text class="lab" x="0" y={top + 16}>
              {name}
            </text>
            {gone === undefined ? null : (
              <text x="0" y={top + 30}>
                {gone.status}
              </text>
            )}
            {bars.map(({ attempt, row }) => (
              <AttemptBar
                key={keyOf(attempt)}
                attempt={attempt}
                x={x}
                y={top + row * lane}
                nowX={nowX}
                isSelected={keyOf(attempt) === selected}
                onSelect={onSelect}
              />
            ))}
          </g>
        );
      })}
      <path class="ln" d={`M0 ${votesTop - 4}H${width}`} />
      <text class="lab" x="0" y={votesTop + 16}>
        votes
      </text>
      {timeline.votes.map(({ vote_id, from: begun, to: ended, ballots, end }) => (
        <a key={vote_id} href={`/votes/${vote_id}`}>
          <title>{`${vote_id} ${end ?? 'open'}`}</title>
          <path
            class="vote"
            d={`M${x(begun)} ${votesTop + 12}v8M${x(begun)} ${votesTop + 16}H${ended === null ? nowX : x(ended)}${ended === null ? '' : 'm0 -4v8'}`}
          />
          {ballots.map((at, index) => (
            <rect key={index} class="bf" x={x(at) - 4} y={votesTop + 12} width="8" height="8" />
          ))}
          <text class="mk" x={x(begun)} y={votesTop + 8}>
            {shortId(vote_id, now)}
          </text>
        </a>
      ))}
      <path class="ln" d={`M0 ${asksTop - 4}H${width}`} />
      <text class="lab" x="0" y={asksTop + 16}>
        {shell.reader.readOnly ? shell.operator : 'you'}
      </text>
      <text x="0" y={asksTop + 30}>
        asked, answered
      </text>
      {timeline.asks.map(({ inbox_id, from: begun, to: ended }, index) => {
        const at = asksTop + 8 + (index % 4) * 9;
        return (
          <g key={inbox_id}>
            <path class="askline" d={`M${x(begun)} ${at}H${ended === null ? nowX : x(ended)}`} />
            <circle class="ask" cx={x(begun)} cy={at} r="3.5" />
            {ended === null ? null : <circle class="asked" cx={x(ended)} cy={at} r="3.5" />}
          </g>
        );
      })}
      <path class="now" d={`M${nowX} 18V${height}`} />
    </svg>
  );
}

interface BarProps {
  readonly attempt: TimelineAttempt;
  readonly x: (at: string) => number;
  readonly y: number;
  readonly nowX: number;
  readonly isSelected: boolean;
  readonly onSelect: (key: string | null) => void;
}

function AttemptBar({ attempt, x, y, nowX, isSelected, onSelect }: BarProps) {
  const { now } = useBoard();
  const { task_id, ready, from, checking, to, end, until } = attempt;
  const left = x(from);
  const right = Math.max(left + 3, to === null ? nowX : x(to));
  const tone =
    end === null ? 'run' : end === 'success' ? 'ok' : end === 'failure' || end === 'lapsed' ? 'bad' : 'other';
  const select = (): void => onSelect(isSelected ? null : keyOf(attempt));
  // What is checked still belongs to the attempt; nobody works on it any more.
  const checked = checking === null ? right : Math.min(right, Math.max(left + 3, x(checking)));
  const label = `${shortId(task_id, now)}, attempt ${attempt.attempt} by ${attempt.agent}, ${stateOf(attempt)}`;
  return (
    <g
      class={`att ${tone}`}
      tabIndex={0}
      role="button"
      aria-label={label}
      aria-pressed={isSelected}
      onClick={select}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === ' ') select();
      }}
    >
      {ready !== null && ready < from ? (
        <path class="wait" d={`M${x(ready)} ${y + 9}v6M${x(ready)} ${y + 12}H${left}`} />
      ) : null}
      <rect class="body" x={left} y={y} width={checked - left} height={bar} />
      {checked < right ? <rect class="check" x={checked} y={y} width={right - checked} height={bar} /> : null}
      {checked - left > 44 ? (
        <text class="in" x={left + 5} y={y + 16}>
          {shortId(task_id, now)}
        </text>
      ) : null}
      {end === 'rework' ? <path class="mark" d={`M${right - 6} ${y + 12}h-12m4 -4l-4 4l4 4`} /> : null}
      {tone === 'bad' && right - left > 16 ? <path class="mark" d={`M${right - 12} ${y + 8}l7 7m0 -7l-7 7`} /> : null}
      {tone === 'ok' && right - left > 16 ? <path class="mark" d={`M${right - 13} ${y + 12}l3 3l5 -6`} /> : null}
      {until !== null && to === null && x(until) > nowX ? (
        <path class="lease" d={`M${nowX} ${y + 12}H${x(until)}m0 -3v6`} />
      ) : null}
      {isSelected ? <rect class="selr" x={left - 2} y={y - 2} width={right - left + 4} height={bar + 4} /> : null}
    </g>
  );
}

function ticksOf(from: number, to: number, hours: number): string[] {
  const step = (hours <= 3 ? 0.25 : hours <= 30 ? 3 : 24) * 3_600_000;
  const ticks: string[] = [];
  for (let at = Math.ceil(from / step) * step; at < to; at += step) ticks.push(new Date(at).toISOString());
  return ticks;
}

function Chosen({ attempt }: { readonly attempt: TimelineAttempt }) {
  const { now } = useBoard();
  const { task_id, agent, type, from, to, end, ready } = attempt;
  return (
    <div class="pick" role="status">
      <span>
        <Id id={task_id} />, attempt {attempt.attempt}
        <span class="s">
          {agent}
          {type === null ? '' : `, ${type}`}
        </span>
      </span>
      <span>
        <Clock at={from} /> to {to === null ? 'now' : <Clock at={to} />}
        <span class="s">{span(Date.parse(to ?? now) - Date.parse(from))}</span>
      </span>
      <span>
        {ready === null ? 'not known how long it waited' : `waited ${span(Date.parse(from) - Date.parse(ready))}`}
        <span class={`s ${end === 'failure' || end === 'lapsed' ? 'bad' : ''}`}>
          {stateOf(attempt)}
          {attempt.checking === null
            ? ''
            : `, ${span(Date.parse(to ?? now) - Date.parse(attempt.checking))} of it in checks`}
        </span>
      </span>
    </div>
  );
}

function Legend() {
  const item = (kind: string, label: string) => (
    <span key={label}>
      <svg class="tl" width="26" height="14" viewBox="0 0 26 14" aria-hidden="true">
        <g class={`att ${kind}`}>
          {kind === 'waits' ? (
            <path class="wait" d="M1 4v6M1 7h24" />
          ) : kind === 'leases' ? (
            <path class="lease" d="M0 7h25m0 -3v6" />
          ) : (
            <rect class={kind === 'checks' ? 'check' : 'body'} x="0.5" y="1.5" width="25" height="11" />
          )}
        </g>
      </svg>
      {label}
    </span>
  );
  return (
    <div class="legend">
      {item('waits', 'ready, waiting')}
      {item('run', 'in progress')}
      {item('checks', 'its checks')}
      {item('ok', 'completed')}
      {item('bad', 'failed')}
      {item('other', 'given back or sent back')}
      {item('leases', 'lease runs out')}
    </div>
  );
}

function Table({ attempts }: { readonly attempts: readonly TimelineAttempt[] }) {
  const { now } = useBoard();
  return (
    <div class="scrollx" tabIndex={0} role="region" aria-label="Attempts, newest first">
      <table>
        <thead>
          <tr>
            <th scope="col">Begun</th>
            <th scope="col">Task</th>
            <th scope="col">Agent</th>
            <th scope="col" class="r">
              Took
            </th>
            <th scope="col" class="r dk">
              In checks
            </th>
            <th scope="col">End</th>
          </tr>
        </thead>
        <tbody>
          {attempts.toReversed().map((attempt) => (
            <tr key={keyOf(attempt)}>
              <td>
                <Clock at={attempt.from} />
              </td>
              <td>
                <Id id={attempt.task_id} />{' '}
                {attempt.attempt === 1 ? null : <span class="q">attempt {attempt.attempt}</span>}
              </td>
              <td>{attempt.agent}</td>
              <td class="r nw">{span(Date.parse(attempt.to ?? now) - Date.parse(attempt.from))}</td>
              <td class="r dk">
                {attempt.checking === null ? '' : span(Date.parse(attempt.to ?? now) - Date.parse(attempt.checking))}
              </td>
              <td class={attempt.end === 'failure' || attempt.end === 'lapsed' ? 'bad' : ''}>{stateOf(attempt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
