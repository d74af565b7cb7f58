/** The dashboard, and the five targets. At most 80 columns wide, whatever they are about. */
import type { Figures } from '../../views/metrics-figures.ts';
import type { Dashboard, MethodFigures } from '../../views/metrics-view.ts';
import type { Target, Targets } from '../../views/targets.ts';
import { plural } from '../../domain/phrases.ts';
import type { Piece } from '../flow.ts';
import { type Line, span } from '../spans.ts';
import { lined, padTo, stacked, type Style, type Terminal } from '../terminal.ts';
import { moment } from '../times.ts';
import { bar, sparkline } from './charts.ts';
import { factLine, headline } from './headline.ts';
import { shortIds } from './ids.ts';
import { checkLines, figureLines, joined, pictureIn, title, widthOf } from './metric-lines.ts';
import { minutesText, percent } from './numbers.ts';

/** Ranked by the lower bound of the rate: many good attempts before few. */
function surestFirst<Row extends Figures>(rows: readonly Row[]): Row[] {
  return rows.filter(({ count }) => count > 0).toSorted((a, b) => (b.interval?.[0] ?? 0) - (a.interval?.[0] ?? 0));
}

export function renderDashboard(view: Dashboard, terminal: Terminal): string {
  const { agents, types, routing, days } = view;
  const width = widthOf(terminal);
  const ranked = surestFirst(agents);
  const rank = String(ranked.length).length;
  const sections = [
    [
      title('TOP AGENTS', 'success rate with its 95% interval, best first'),
      ...figureLines(ranked, ({ agent }, index) => `${padTo(String(index + 1), rank, 'right')}  ${agent}`, width),
    ],
    [title('CHECKS'), ...checkLines(ranked, ({ agent }) => agent)],
    [title('TARGETS', 'last 7 days, without imports'), ...knownTargetLines(view.targets, width)],
    [
      title('TYPES', 'the same, over all agents'),
      ...figureLines(
        types.filter(({ count }) => count > 0),
        ({ type }) => type ?? '(no type)',
        width,
      ),
    ],
    [title('ROUTING', 'by method'), ...methodLines(routing, width)],
    [title('DAYS', `${days[0]?.day.slice(5) ?? ''} to ${days.at(-1)?.day.slice(5) ?? ''}, UTC`), ...dayLines(view)],
  ].filter((lines) => lines.length > 1);
  return stacked([summaryOf(view, terminal), ...sections.map((lines) => joined(terminal, [lines]))]);
}

/** The answer first: how much was done, how well, by how many, and what is left. */
function summaryOf({ federation: all, attempts, since }: Dashboard, terminal: Terminal): string {
  const { success_rate: rate, count, agents, types } = attempts;
  const begun = since === null ? 'nothing counted yet' : `since ${moment(since, terminal)}`;
  const done: Piece[] = [
    [`${plural(all.done, 'task')} done`, 'bold'],
    [all.failed === 0 ? '' : `${all.failed} failed`, 'red'],
    [all.cancelled === 0 ? '' : `${all.cancelled} cancelled`],
    [rate === null ? '' : `${percent(rate)} of ${plural(count, 'attempt')} succeeded`, 'bold'],
    [agents === 0 ? '' : plural(agents, 'agent')],
    [types === 0 ? '' : plural(types, 'type')],
  ];
  const oldest = all.oldest_ready;
  const left: Piece[] = [
    [all.open === 0 ? '' : `${all.open} open: ${all.ready} ready, ${all.in_progress} in progress`],
    [oldest === null ? '' : `oldest ready ${minutesText(oldest.minutes)}: ${shortIds(oldest.task_id, terminal)}`],
    [all.median_wait_minutes === null ? '' : `waited ${minutesText(all.median_wait_minutes)} (median)`],
  ];
  return lined(
    headline(terminal, ['Analytics', 'bold'], [begun, 'dim']),
    factLine(terminal, ...done),
    factLine(terminal, ...left),
  );
}

const dayRows = [
  ['queued', 'queued', 'cyan'],
  ['automatic', 'automatic', 'blue'],
  ['completed', 'completed', 'green'],
  ['failed', 'failed', 'red'],
  ['open', 'open', 'yellow'],
] as const;

function dayLines({ days }: Dashboard): Line[] {
  return dayRows.map(([name, figure, style]) => {
    const values = days.map((day) => day[figure]);
    const isLevel = figure === 'open';
    const total = isLevel ? (values.at(-1) ?? 0) : values.reduce((sum, value) => sum + value, 0);
    const counted = span(isLevel ? ' now' : ' total', 'dim');
    return [span(`  ${padTo(name, 12)}`), span(sparkline(values), style), span(`  ${total}`), counted];
  });
}

/** Each with its name where there is room, and where there is not. */
const targetNames = [
  ['operator_handoffs_per_day', 'operator hand-offs a day', 'hand-offs a day', 'number'],
  ['queued_automatically', 'queued automatically', 'auto-queued', 'share'],
  ['decided_by_agents', 'votes decided by agents', 'votes by agents', 'share'],
  ['routing_accuracy', 'routing correct', 'routing correct', 'share'],
  ['completion_time', 'claim to completion', 'time to finish', 'change'],
] as const satisfies readonly (readonly [keyof Targets, string, string, string])[];
/** Columns that a target takes with its whole name, verdict and cases. */
const wholeTarget = 68;

export function renderTargets(targets: Targets, terminal: Terminal): string {
  const { minutes, baseline_minutes } = targets.completion_time;
  const words = `  mean ${minutesText(minutes)}; in the week after the first completion ${minutesText(baseline_minutes)}`;
  const compared: Line[] = minutes === null ? [] : [[span(words, 'dim')]];
  const period = `${moment(targets.from, terminal)} to ${moment(targets.to, terminal)}`;
  return lined(
    headline(terminal, ['TARGETS', 'bold'], [period, 'dim']),
    joined(terminal, [[...targetLines(targets, widthOf(terminal)), ...compared]]),
  );
}

/** Of targets with too few cases to tell, how many there are. */
function knownTargetLines(targets: Targets, room: number): Line[] {
  const known = targetNames.filter(([key]) => targets[key].met !== null);
  const unknown = targetNames.length - known.length;
  const lines = targetLines(targets, room, known);
  if (unknown === 0) return lines;
  const which = known.length === 0 ? '' : `${unknown} more: `;
  return [...lines, [span(`  ○ ${which}too few cases`, 'dim')]];
}

function targetLines(
  targets: Targets,
  room: number,
  names: readonly (typeof targetNames)[number][] = targetNames,
): Line[] {
  const isWhole = room >= wholeTarget;
  return names.map(([key, name, short, kind]) => {
    const { value, target, met, cases } = targets[key];
    const [mark, word, style] = verdict(targets[key]);
    const wanted = kind === 'number' ? target : target.replace(/-?[\d.]+/, (share) => percent(Number(share)));
    const shown = value === null ? '–' : kind === 'number' ? String(Math.round(value * 100) / 100) : percent(value);
    const sign = kind === 'change' && value !== null && value > 0 ? '+' : '';
    return [
      span(`  ${mark} `, style),
      span(isWhole ? padTo(name, 26) : padTo(short, 17)),
      span(padTo(`${sign}${shown}`, isWhole ? 8 : 5, 'right'), met === null ? 'dim' : 'bold'),
      span(`  ${padTo(wanted, 9)}`, 'dim'),
      ...(isWhole ? [span(padTo(word, 10), style), span(plural(cases, 'case'), 'dim')] : []),
    ];
  });
}

function verdict({ met, cases }: Target): [string, string, Style] {
  if (met === null) return ['○', cases < 10 ? 'too few' : 'too early', 'dim'];
  return met ? ['✓', 'met', 'green'] : ['✗', 'missed', 'red'];
}

function methodLines(rows: readonly MethodFigures[], room: number): Line[] {
  const tails = rows.map(({ decisions, estimate, effective_sample }) => {
    const alone =
      estimate === null
        ? `no overlap (${effective_sample})`
        : `alone ${percent(estimate.value)} (${percent(estimate.low)}–${percent(estimate.high)})`;
    return `${plural(decisions, 'choice')}; ${alone}`;
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
