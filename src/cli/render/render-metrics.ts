/** Metrics for a person: at most 80 columns wide, whatever they are about. */
import type { getMetrics } from '../../../tools/get-metrics.ts';
import type { OutputOf } from '../../define-tool.ts';
import type { Figures } from '../../views/metrics-figures.ts';
import type { AgentMetrics, PairMetrics, TypeMetrics } from '../../views/metrics-of-one.ts';
import type { Dashboard, MethodFigures } from '../../views/metrics-view.ts';
import type { OptimizationView } from '../../views/optimization-view.ts';
import type { Target, Targets } from '../../views/targets.ts';
import type { BonusChange } from '../../domain/routing/bonus.ts';
import { cutLine, fitLine, foreign, type Line, paintLine, span } from '../spans.ts';
import { renderFields, renderTable } from '../table.ts';
import { padTo, paint, type Style, type Terminal } from '../terminal.ts';
import { bar, interval, sparkline } from './charts.ts';

/** Where nothing else is known, and at most. */
const usualWidth = 80;
/** Columns of a bar; where the terminal is narrow, bars give way first, down to the second. */
const picture = 20;
const smallPicture = 6;

/** Whichever view was asked for. */
export function renderMetrics(view: OutputOf<typeof getMetrics>, terminal: Terminal): string {
  switch (view.view) {
    case 'dashboard':
      return renderDashboard(view, terminal);
    case 'targets':
      return renderTargets(view.targets, terminal);
    case 'agent':
      return renderAgentMetrics(view, terminal);
    case 'type':
      return renderTypeMetrics(view, terminal);
    case 'pair':
      return renderPair(view, terminal);
  }
}

export function renderDashboard(view: Dashboard, terminal: Terminal): string {
  const { federation: all, agents, types, routing, days } = view;
  const width = widthOf(terminal);
  const counted = agents.filter(({ count, received, handed_over }) => count + received + handed_over > 0);
  const sections = [
    [
      [span('FEDERATION', 'bold'), span(`  ${view.as_of.slice(0, 16).replace('T', ' ')} UTC`, 'dim')],
      sentence(['done', all.done], ['failed', all.failed], ['cancelled', all.cancelled], ['open', all.open]),
      sentence(
        ['ready', all.ready],
        ['in progress', all.in_progress],
        ['waited (median)', time(all.median_wait_minutes)],
      ),
      ...(all.oldest_ready === null
        ? []
        : [
            [
              span('  oldest ready ', 'dim'),
              span(`${all.oldest_ready.task_id}, for ${time(all.oldest_ready.minutes)}`),
            ],
          ]),
    ],
    [title('TARGETS', 'last 7 days, imports left out'), ...targetLines(view.targets)],
    [title('AGENTS', 'success rate with its 95% interval'), ...figureLines(counted, ({ agent }) => agent, width)],
    [
      title('TYPES', 'the same, over all agents'),
      ...figureLines(
        types.filter(({ count }) => count > 0),
        ({ type }) => type ?? '(no type)',
        width,
      ),
    ],
    [title('ROUTING', 'by the method that chose'), ...methodLines(routing, width)],
    [title('DAYS', `${days[0]?.day.slice(5) ?? ''} to ${days.at(-1)?.day.slice(5) ?? ''}`), ...dayLines(view)],
  ];
  return joined(sections, terminal);
}

const dayRows = [
  ['queued', 'queued', 'cyan'],
  ['by itself', 'automatic', 'blue'],
  ['completed', 'completed', 'green'],
  ['failed', 'failed', 'red'],
  ['open', 'open', 'yellow'],
] as const;

function dayLines({ days }: Dashboard): Line[] {
  return dayRows.map(([name, figure, style]) => {
    const values = days.map((day) => day[figure]);
    const isLevel = figure === 'open';
    const total = isLevel ? (values.at(-1) ?? 0) : values.reduce((sum, value) => sum + value, 0);
    const counted = span(isLevel ? ' now' : ' in all', 'dim');
    return [span(`  ${padTo(name, 12)}`), span(sparkline(values), style), span(`  ${total}`), counted];
  });
}

const targetNames = [
  ['operator_handoffs_per_day', 'operator hand-offs a day', 'number'],
  ['queued_automatically', 'queued automatically', 'share'],
  ['decided_by_agents', 'votes decided by agents', 'share'],
  ['routing_accuracy', 'routing right', 'share'],
  ['completion_time', 'claim to completion', 'change'],
] as const satisfies readonly (readonly [keyof Targets, string, string])[];

export function renderTargets(targets: Targets, terminal: Terminal): string {
  const head = title(
    'TARGETS',
    `${targets.from.slice(0, 16).replace('T', ' ')} to ${targets.to.slice(0, 16).replace('T', ' ')} UTC`,
  );
  const { minutes, baseline_minutes } = targets.completion_time;
  const compared: Line[] =
    minutes === null
      ? []
      : [[span(`  mean ${time(minutes)}; in the week after the first completion ${time(baseline_minutes)}`, 'dim')]];
  return joined([[head, ...targetLines(targets), ...compared]], terminal);
}

function targetLines(targets: Targets): Line[] {
  return targetNames.map(([key, name, kind]) => {
    const { value, target, met, cases } = targets[key];
    const [mark, word, style] = verdict(targets[key]);
    const wanted = kind === 'number' ? target : target.replace(/-?[\d.]+/, (share) => percent(Number(share)));
    const shown = value === null ? '–' : kind === 'number' ? String(Math.round(value * 100) / 100) : percent(value);
    const sign = kind === 'change' && value !== null && value > 0 ? '+' : '';
    return [
      span(`  ${mark} `, style),
      span(padTo(name, 26)),
      span(padTo(`${sign}${shown}`, 8, 'right'), met === null ? 'dim' : 'bold'),
      span(`  ${padTo(wanted, 9)}`, 'dim'),
      span(padTo(word, 10), style),
      span(`${cases} ${cases === 1 ? 'case' : 'cases'}`, 'dim'),
    ];
  });
}

function verdict({ met, cases }: Target): [string, string, Style] {
  if (met === null) return ['○', cases < 10 ? 'too few' : 'no base', 'dim'];
  return met ? ['✓', 'met', 'green'] : ['✗', 'missed', 'red'];
}

/**
 * Name, picture, rate, count, minutes, rework: 80 columns with names of up to 18.
 * In less room the picture shrinks, then what follows the count goes, then names are cut.
 */
function figureLines<Row extends Figures>(rows: readonly Row[], nameOf: (row: Row) => string, room: number): Line[] {
  if (rows.length === 0) return [];
  const rework = ({ rework_rate: rate }: Row): string =>
    rate === null || rate === 0 ? '' : `  ${percent(rate)} sent back`;
  // Spaces before and after the name, rate, count.
  const fixed = 2 + 2 + 5 + 9;
  const width = Math.min(18, room - fixed - smallPicture, Math.max(...rows.map((row) => nameOf(row).length)));
  const tail = 8 + Math.max(...rows.map((row) => rework(row).length));
  const drawn = pictureIn(room - width - fixed - tail);
  const timed = width + fixed + drawn + 8 <= room;
  return rows.map((row) => {
    const { success_rate: rate, interval: bounds, count, median_minutes } = row;
    const name = fitLine([span('  '), foreign(nameOf(row))], width + 2);
    if (rate === null || bounds === null) return [...name, span('  no attempt has ended yet', 'dim')];
    const style = bounds[0] >= 0.8 ? 'green' : bounds[1] <= 0.5 ? 'red' : 'cyan';
    return [
      ...name,
      span('  '),
      ...interval(bounds[0], rate, bounds[1], drawn, style),
      span(padTo(percent(rate), 5, 'right'), 'bold'),
      span(padTo(` of ${count}`, 9)),
      ...(timed ? [span(padTo(time(median_minutes), 8, 'right'), 'dim'), span(rework(row), 'yellow')] : []),
    ];
  });
}

/** How wide a picture is in this many columns. */
function pictureIn(columns: number): number {
  return Math.max(smallPicture, Math.min(picture, columns));
}

function methodLines(rows: readonly MethodFigures[], room: number): Line[] {
  const tails = rows.map(({ decisions, estimate, effective_sample }) => {
    const alone =
      estimate === null
        ? `no overlap (${effective_sample})`
        : `alone ${percent(estimate.value)} (${percent(estimate.low)}–${percent(estimate.high)})`;
    return `${decisions} ${decisions === 1 ? 'choice' : 'choices'}; ${alone}`;
  });
  // Method, rate and count take 25.
  const drawn = pictureIn(room - 25 - Math.max(0, ...tails.map((tail) => tail.length)));
  return rows.map(({ method, accuracy, judged }, index) => [
    span(`  ${padTo(method, 9)}`),
    ...bar(accuracy ?? 0, drawn),
    span(padTo(accuracy === null ? '–' : percent(accuracy), 5, 'right'), 'bold'),
    span(padTo(` of ${judged}`, 9)),
    span(tails[index] ?? '', 'dim'),
  ]);
}

export function renderAgentMetrics(view: AgentMetrics, terminal: Terminal): string {
  const shares = Object.entries(view.availability);
  const { ballots, routed } = view;
  const width = widthOf(terminal);
  const sections: Line[][] = [
    [
      [foreign(view.agent, 'bold'), span(`  ${view.status}`, view.status === 'available' ? 'green' : 'yellow')],
      ...figureLines([view], () => 'all types', width),
    ],
    [title('TYPES', 'success rate with its 95% interval'), ...figureLines(view.types, typeWithBonus, width)],
    [
      title('HAND-OFFS'),
      sentence(
        ['handed over', view.handed_over],
        ['received', view.received],
        ['from persons', view.received_from_person],
      ),
    ],
    [
      title('AVAILABILITY', view.first_seen === null ? '' : `since ${view.first_seen.slice(0, 10)}`),
      ...shares.map(([status, share]): Line => [
        span(`  ${padTo(status, 10)}`),
        ...bar(share, picture),
        span(padTo(percent(share), 5, 'right')),
      ]),
    ],
    [
      title('ROUTED', 'stated confidence against what came of it'),
      ...routed.map(({ stated, observed, count }) => against(stated, observed, count)),
    ],
    [
      title('BALLOTS', ballots.brier === null ? '' : `${ballots.judged} judged, Brier score ${ballots.brier}`),
      ...ballots.stated_against_observed.map(({ from, to, observed, ballots: count }) =>
        against((from + to) / 2, observed, count),
      ),
    ],
  ];
  return joined(sections, terminal);
}

function typeWithBonus({ type, bonus }: { readonly type: string | null; readonly bonus: number }): string {
  return `${type ?? '(no type)'}${bonus === 0 ? '' : bonus > 0 ? ' +' : ' -'}`;
}

function against(stated: number, observed: number, count: number): Line {
  return [
    span(`  stated ${padTo(percent(stated), 4, 'right')}  observed ${padTo(percent(observed), 4, 'right')}  `),
    ...bar(observed, picture),
    span(`  of ${count}`, 'dim'),
  ];
}

export function renderTypeMetrics(view: TypeMetrics, terminal: Terminal): string {
  const width = widthOf(terminal);
  return joined(
    [
      [
        [foreign(view.type, 'bold'), span(`  ${view.queued} queued`, 'dim')],
        ...figureLines([view], () => 'all agents', width),
      ],
      [title('AGENTS', 'surest first'), ...figureLines(view.agents, ({ agent }) => agent, width)],
    ],
    terminal,
  );
}

export function renderPair(view: PairMetrics, terminal: Terminal): string {
  const head: Line = [
    foreign(`${view.agent} at ${view.type}`, 'bold'),
    span(view.bonus === 0 ? '' : `  bonus ${signed(view.bonus)}`, 'green'),
  ];
  return joined([[head, ...figureLines([view], ({ agent }) => agent, widthOf(terminal))]], terminal);
}

export function renderOptimization(view: OptimizationView, terminal: Terminal): string {
  const table = (rows: readonly BonusChange[]): string =>
    renderTable(
      rows,
      [
        { title: 'AGENT', value: ({ agent }) => agent },
        { title: 'TYPE', value: ({ type }) => type ?? '(no type)' },
        {
          title: 'SUCCESSES',
          value: ({ successes, failures }) => `${successes} of ${successes + failures}`,
          align: 'right',
        },
        { title: '10%', value: ({ low }) => percent(low), align: 'right' },
        { title: '90%', value: ({ high }) => percent(high), align: 'right' },
        { title: 'BONUS', value: ({ before }) => signed(before), align: 'right' },
        {
          title: 'AFTER',
          value: ({ after }) => signed(after),
          align: 'right',
          style: ({ after }) => (after > 0 ? 'green' : after < 0 ? 'red' : null),
        },
      ],
      terminal,
    );
  const sections = [
    ...(view.optimization_id === null
      ? []
      : [
          renderFields(terminal, {
            [view.done]: view.optimization_id,
          }),
        ]),
    ...(view.changes.length === 0 ? [] : [`${paint('CHANGES', 'bold', terminal)}\n${table(view.changes)}`]),
    ...(view.unchanged.length === 0 ? [] : [`${paint('AS BEFORE', 'bold', terminal)}\n${table(view.unchanged)}`]),
  ];
  return sections.join('\n\n');
}

function signed(bonus: number): string {
  return bonus === 0 ? '0' : `${bonus > 0 ? '+' : ''}${bonus}`;
}

function title(name: string, words = ''): Line {
  return [span(name, 'bold'), span(words === '' ? '' : `  ${words}`, 'dim')];
}

function sentence(...facts: readonly (readonly [string, number | string])[]): Line {
  return facts.flatMap(([name, value]) => [span(`  ${name} `, 'dim'), span(String(value))]);
}

/** Sections of which nothing is known but the title are left out. */
function joined(sections: readonly (readonly Line[])[], terminal: Terminal): string {
  const width = widthOf(terminal);
  return sections
    .filter((lines, index) => index === 0 || lines.length > 1)
    .map((lines) => lines.map((line) => paintLine(cutLine(line, width), terminal)).join('\n'))
    .join('\n\n');
}

function widthOf({ width }: Terminal): number {
  return Math.min(usualWidth, width ?? usualWidth);
}

function percent(share: number): string {
  return `${Math.round(share * 100)}%`;
}

function time(minutes: number | null): string {
  if (minutes === null) return '–';
  if (minutes < 1) return `${Math.round(minutes * 60)} s`;
  if (minutes < 120) return `${Math.round(minutes)} min`;
  return minutes < 48 * 60 ? `${Math.round(minutes / 6) / 10} h` : `${Math.round(minutes / 144) / 10} d`;
}
