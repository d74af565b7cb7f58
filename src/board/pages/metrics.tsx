import { useEffect, useRef } from 'preact/hooks';
import type { Calibration, PageOf, PairFigures } from '../../views/pages/page.ts';
import type { Target } from '../../views/targets.ts';
import { useBoard } from '../context.ts';
import { Bar, Head, Section } from '../parts.tsx';
import { count, minutes, percent } from '../words.ts';
import { Tick } from './needs.tsx';

type Data = PageOf<'metrics'>;
type Targets = Data['dashboard']['targets'];

const wanted: readonly {
  readonly of: keyof Targets;
  readonly name: string;
  readonly goal: string;
  readonly show: (value: number) => string;
  readonly cases: string;
}[] = [
  {
    of: 'operator_handoffs_per_day',
    name: 'Hand-offs by you',
    goal: 'under 3 a day',
    show: (value) => `${value.toFixed(1)} a day`,
    cases: 'queued',
  },
  { of: 'queued_automatically', name: 'Queued automatically', goal: '50% or more', show: percent, cases: 'tasks' },
  { of: 'decided_by_agents', name: 'Votes without you', goal: '80% or more', show: percent, cases: 'votes' },
  { of: 'routing_accuracy', name: 'Routing accuracy', goal: 'over 92%', show: percent, cases: 'judged' },
  {
    of: 'completion_time',
    name: 'Time to completion',
    goal: '−20% or less',
    show: (value) => `${value > 0 ? '+' : '−'}${Math.abs(Math.round(value * 100))}%`,
    cases: 'completed',
  },
];

export function Metrics({ data }: { readonly data: Data }) {
  const { dashboard, pairs, calibration } = data;
  const known = wanted.filter(({ of }) => targetOf(dashboard.targets, of).met !== null);
  const met = known.filter(({ of }) => targetOf(dashboard.targets, of).met === true);
  const short = known.filter(({ of }) => targetOf(dashboard.targets, of).met === false);
  const title = known.length === 0 ? 'Too few cases for the targets.' : `${met.length} of ${known.length} targets met.`;
  const { attempts, federation } = dashboard;
  return (
    <>
      <Head
        title={title}
        sub={
          short.length === 0
            ? 'Last 7 days, imports left out.'
            : `${short.map(({ name }) => name).join(', ')} fell short. Last 7 days, imports left out.`
        }
      />
      <dl class="tg">
        {wanted.map(({ of, name, goal, show, cases }) => {
          const target = targetOf(dashboard.targets, of);
          return (
            <div key={of}>
              <dt class="k">{name}</dt>
              <dd class="v">{target.value === null ? <small>too few</small> : show(target.value)}</dd>
              <dd class="s">
                {target.met === null ? null : <Tick ok={target.met} />}{' '}
                {target.met === null ? '' : target.met ? 'met, ' : 'missed, '}
                goal {goal} · {target.cases} {cases}
              </dd>
            </div>
          );
        })}
      </dl>
      <div class="mg">
        <div>
          <Section title="Success by agent and type" note="95% interval; the line is at 80%">
            <Pairs pairs={pairs} />
          </Section>
          <Section title="Cost by agent" note="of runs, since the first">
            <Costs costs={data.costs} />
          </Section>
          <Section title="By strategy" note="had it always chosen">
            <Strategies routing={dashboard.routing} />
          </Section>
        </div>
        <div>
          <Section title="Calibration of votes" note={`${calibration.judged} judged`}>
            <CalibrationPlot calibration={calibration} />
          </Section>
          <Section title="Everything">
            <table>
              <tbody>
                <tr>
                  <th scope="row">Attempts</th>
                  <td class="r">
                    {attempts.count}, {percent(attempts.success_rate)} went well
                  </td>
                </tr>
                <tr>
                  <th scope="row">Median, mean</th>
                  <td class="r">
                    {minutes(attempts.median_minutes)}, {minutes(attempts.mean_minutes)}
                  </td>
                </tr>
                <tr>
                  <th scope="row">Waiting, median</th>
                  <td class="r">{minutes(federation.median_wait_minutes)}</td>
                </tr>
                <tr>
                  <th scope="row">Done, failed, cancelled</th>
                  <td class="r">
                    {federation.done}, {federation.failed}, {federation.cancelled}
                  </td>
                </tr>
              </tbody>
            </table>
          </Section>
          <Section title="By day" note="completed, failed, open">
            <Days days={dashboard.days} />
          </Section>
        </div>
      </div>
    </>
  );
}

function targetOf(targets: Targets, name: keyof Targets): Target {
  const found = targets[name];
  return typeof found === 'object' ? found : { value: null, target: '', met: null, cases: 0 };
}

const scale = 240;

function Pairs({ pairs }: { readonly pairs: readonly PairFigures[] }) {
  if (pairs.length === 0) return <p class="d">Nothing has been finished yet.</p>;
  return (
    <div class="scrollx" tabIndex={0} role="region" aria-label="Success by agent and type">
      <table>
        <thead>
          <tr>
            <th scope="col">Agent</th>
            <th scope="col">Type</th>
            <th scope="col" class="r">
              Cases
            </th>
            <th scope="col">0 to 100%</th>
            <th scope="col" class="r">
              Success
            </th>
            <th scope="col" class="r">
              Median
            </th>
            <th scope="col" class="r">
              Sent back
            </th>
            <th scope="col" class="r">
              Verified
            </th>
          </tr>
        </thead>
        <tbody>
          {pairs.map((pair, index) => (
            <tr key={`${pair.agent}/${pair.type ?? ''}`}>
              <th scope="row" class="b">
                {pairs[index - 1]?.agent === pair.agent ? <span class="sr">{pair.agent}</span> : pair.agent}
              </th>
              <td>{pair.type ?? 'none'}</td>
              <td class="r">{pair.count}</td>
              <td>
                <svg class="iv" viewBox={`-5 0 ${scale + 10} 14`} width={scale + 10} height="14" aria-hidden="true">
                  <path class="ln" d={`M0 7H${scale}`} />
                  <path class="goal" d={`M${scale * 0.8} 0v14`} />
                  {pair.interval === null ? null : (
                    <path class="range" d={`M${pair.interval[0] * scale} 7H${pair.interval[1] * scale}`} />
                  )}
                  {pair.success_rate === null ? null : (
                    <circle class="pt" cx={pair.success_rate * scale} cy="7" r="4" />
                  )}
                </svg>
              </td>
              <td class="r">
                {percent(pair.success_rate)}
                <span class="sr">
                  {pair.interval === null
                    ? ''
                    : `, between ${percent(pair.interval[0])} and ${percent(pair.interval[1])}`}
                </span>
              </td>
              <td class="r">{minutes(pair.median_minutes)}</td>
              <td class="r">{percent(pair.rework_rate)}</td>
              <td class="r">{percent(pair.verified_share)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CalibrationPlot({ calibration }: { readonly calibration: Calibration }) {
  const { points } = calibration;
  if (points.length === 0)
    return <p class="d">No vote has been judged yet. Say on the votes page whether a decision was right.</p>;
  const x = (value: number): number => 36 + value * 260;
  const y = (value: number): number => 170 - value * 160;
  return (
    <svg
      class="cal"
      viewBox="0 0 340 190"
      width="340"
      height="190"
      role="img"
      aria-label={points
        .map(({ stated, observed, ballots }) => `Said ${percent(stated)}, right ${percent(observed)} of ${ballots}`)
        .join('. ')}
    >
      {[0, 0.25, 0.5, 0.75, 1].map((value) => (
        <g key={value}>
          <path class="ln" d={`M36 ${y(value)}H296`} />
          <text x="0" y={y(value) + 4}>
            {percent(value)}
          </text>
        </g>
      ))}
      <path class="goal" d={`M${x(0)} ${y(0)}L${x(1)} ${y(1)}`} />
      <path
        class="line"
        d={points
          .map(({ stated, observed }, index) => `${index === 0 ? 'M' : 'L'}${x(stated)} ${y(observed)}`)
          .join('')}
      />
      {points.map(({ stated, observed }) => (
        <circle key={stated} class="pt" cx={x(stated)} cy={y(observed)} r="4" />
      ))}
      <text x="36" y="188">
        said 0%
      </text>
      <text x="262" y="188">
        100%
      </text>
    </svg>
  );
}

/** uPlot draws it in the browser; the table beside it is for everybody else. */
function Days({ days }: { readonly days: Data['dashboard']['days'] }) {
  const place = useRef<HTMLDivElement>(null);
  const { shell } = useBoard();
  useEffect(() => {
    let isStale = false;
    let drawn: { destroy: () => void } | null = null;
    void import('../plot-days.ts').then(({ plotDays }) => {
      if (!isStale && place.current !== null) drawn = plotDays(place.current, days);
    });
    return () => {
      isStale = true;
      drawn?.destroy();
    };
  }, [days, shell.name]);
  return (
    <>
      <div class="plot" ref={place} aria-hidden="true" />
      <details>
        <summary>As a table</summary>
        <table>
          <thead>
            <tr>
              <th scope="col">Day</th>
              <th scope="col" class="r">
                Queued
              </th>
              <th scope="col" class="r">
                Completed
              </th>
              <th scope="col" class="r">
                Failed
              </th>
              <th scope="col" class="r">
                Open
              </th>
            </tr>
          </thead>
          <tbody>
            {days.map((day) => (
              <tr key={day.day}>
                <th scope="row">{day.day}</th>
                <td class="r">{day.queued}</td>
                <td class="r">{day.completed}</td>
                <td class="r">{day.failed}</td>
                <td class="r">{day.open}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </>
  );
}

function Costs({ costs }: { readonly costs: Data['costs'] }) {
  if (costs.length === 0) return <p class="d">No run has been recorded yet.</p>;
  const most = Math.max(0, ...costs.map(({ cost }) => cost ?? 0));
  return (
    <table>
      <tbody>
        {costs.map(({ agent, type, cost, runs, minutes: spent }) => (
          <tr key={`${agent}/${type ?? ''}`}>
            <th scope="row">
              <b>{agent}</b> {type ?? ''}
            </th>
            <td>
              <Bar share={most === 0 ? 0 : (cost ?? 0) / most} tone="lead" />
            </td>
            <td class={cost === null ? 'r q' : 'r'}>{cost === null ? 'not told' : `${cost.toFixed(2)} USD`}</td>
            <td class="r q">
              {count(runs, 'run')}, {spent} min
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Strategies({ routing }: { readonly routing: Data['dashboard']['routing'] }) {
  if (routing.length === 0) return <p class="d">The router has not chosen yet.</p>;
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Strategy</th>
          <th scope="col" class="r">
            Cases
          </th>
          <th scope="col" class="r">
            Right
          </th>
          <th scope="col" class="r">
            Estimate
          </th>
        </tr>
      </thead>
      <tbody>
        {routing.map(({ method, judged, accuracy, estimate }) => (
          <tr key={method}>
            <th scope="row">{method}</th>
            <td class="r">{count(judged, 'case')}</td>
            <td class="r">{percent(accuracy)}</td>
            <td class="r q">
              {estimate === null ? 'no overlap' : `${percent(estimate.low)} to ${percent(estimate.high)}`}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
