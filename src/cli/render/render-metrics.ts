/** Metrics for a person: at most 80 columns wide, whatever they are about. */
import type { getMetrics } from '../../../tools/get-metrics.ts';
import type { OutputOf } from '../../define-tool.ts';
import { describeChange } from '../../domain/routing/change.ts';
import type { AgentMetrics, PairMetrics, TypeMetrics } from '../../views/metrics-of-one.ts';
import { foreign, type Line, span } from '../spans.ts';
import { padTo, type Terminal } from '../terminal.ts';
import { moment } from '../times.ts';
import { bar } from './charts.ts';
import { againstLine, checkLines, figureLines, joined, pictureIn, sentence, title, widthOf } from './metric-lines.ts';
import { percent } from './numbers.ts';
import { renderDashboard, renderTargets } from './render-dashboard.ts';
import { signed } from './render-optimization.ts';

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

export function renderAgentMetrics(view: AgentMetrics, terminal: Terminal): string {
  const head: Line = [
    foreign(view.agent, 'bold'),
    span(`  ${view.status}`, view.status === 'available' ? 'green' : 'yellow'),
  ];
  const sections = agentSections(view, terminal);
  return joined(terminal, [
    [head, ...(view.count === 0 ? [[span('  no attempt has ended yet', 'dim')]] : [])],
    ...sections,
  ]);
}

/** What is known of its work; sections of which nothing is known are left out. */
export function agentSections(view: AgentMetrics, terminal: Terminal): Line[][] {
  const shares = Object.entries(view.availability);
  const { ballots, routed, handed_over, received, received_from_person } = view;
  const width = widthOf(terminal);
  const handed = [
    ['handed over', handed_over],
    ['received', received],
    ['from persons', received_from_person],
  ] as const;
  const moved = handed.filter(([, count]) => count > 0);
  const since = view.first_seen === null ? '' : `since ${moment(view.first_seen, terminal)}`;
  const all = { ...view, name: 'all types' };
  const types = view.types.map((row) => ({ ...row, name: typeWithBonus(row) }));
  const sections: Line[][] = [
    [
      title('RECORD', 'success rate with its 95% interval'),
      ...figureLines(view.count === 0 ? [] : [all, ...types], ({ name }) => name, width),
    ],
    [title('CHECKS'), ...checkLines(view.count === 0 ? [] : [all, ...types], ({ name }) => name)],
    [
      title('WORSE THAN BEFORE'),
      ...view.types.flatMap(({ type, changed }): Line[] => {
        if (changed === undefined) return [];
        const when = span(` · ${moment(changed.at, terminal)}`, 'dim');
        return [[span(`  ${describeChange(view.agent, type, changed)}`), when]];
      }),
    ],
    [title('HAND-OFFS'), ...(moved.length === 0 ? [] : [sentence(...moved)])],
    [
      title('AVAILABILITY', since),
      ...shares.map(([status, share]): Line => [
        span(`  ${padTo(status, 10)}`),
        ...bar(share, pictureIn(width - 17)),
        span(padTo(percent(share), 5, 'right')),
      ]),
    ],
    [
      title('ROUTED', 'stated confidence and observed success'),
      ...routed.map(({ stated, observed, count }) => againstLine(stated, observed, count)),
    ],
    [
      title('BALLOTS', ballots.brier === null ? '' : `${ballots.judged} judged, Brier score ${ballots.brier}`),
      ...ballots.stated_against_observed.map(({ stated, observed, ballots: count }) =>
        againstLine(stated, observed, count),
      ),
    ],
  ];
  return sections.filter((lines) => lines.length > 1);
}

function typeWithBonus({ type, bonus }: { readonly type: string | null; readonly bonus: number }): string {
  return `${type ?? '(no type)'}${bonus === 0 ? '' : bonus > 0 ? ' +' : ' -'}`;
}

export function renderTypeMetrics(view: TypeMetrics, terminal: Terminal): string {
  const width = widthOf(terminal);
  return joined(terminal, [
    [
      [foreign(view.type, 'bold'), span(`  ${view.queued} queued`, 'dim')],
      ...figureLines([view], () => 'all agents', width),
    ],
    [title('AGENTS', 'best first'), ...figureLines(view.agents, ({ agent }) => agent, width)],
    [title('CHECKS'), ...checkLines(view.agents, ({ agent }) => agent)],
  ]);
}

export function renderPair(view: PairMetrics, terminal: Terminal): string {
  const head: Line = [
    foreign(`${view.agent} at ${view.type}`, 'bold'),
    span(view.bonus === 0 ? '' : `  bonus ${signed(view.bonus)}`, 'green'),
  ];
  return joined(terminal, [
    [head, ...figureLines([view], ({ agent }) => agent, widthOf(terminal))],
    [title('CHECKS'), ...checkLines([view], ({ agent }) => agent)],
  ]);
}
