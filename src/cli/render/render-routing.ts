/** Choices of the router, and how good they are, for a person. */
import { plural } from '../../domain/phrases.ts';
import type { compareStrategies } from '../../views/routing-view.ts';
import type { fullRouting } from '../../views/task-views.ts';
import type { ChoiceFigures } from '../../routing/evaluation.ts';
import type { RowProblem } from '../../routing/labelled-file.ts';
import { type Column, renderFields, renderTable } from '../table.ts';
import { manyLines, oneLine, padTo, paint, type Terminal } from '../terminal.ts';
import { dollars, percent } from './numbers.ts';

type Shown = ReturnType<typeof fullRouting>;

const barWidth = 20;

export function renderRouting(routing: Shown, explain: boolean, terminal: Terminal): string {
  const { agent, method, confidence, parts, nearest, runner_up, outcomes } = routing;
  const second = runner_up === undefined ? null : `${runner_up.agent} (${runner_up.score.toFixed(2)})`;
  // A forced agent was not chosen by the router, which may still be sure of it or not.
  const why =
    method === 'forced'
      ? `The router is ${percent(confidence)} sure of ${agent ?? 'nobody'}${second === null ? '' : `; best of the others: ${second}`}.`
      : routing.reason;
  const head = `${paint(agent ?? 'nobody', 'bold', terminal)}  ${bar(confidence, terminal)} ${percent(confidence)}  ${paint(method, 'cyan', terminal)}\n${oneLine(why)}`;
  if (!explain) return [head, ...(second === null || method === 'forced' ? [] : [`next best: ${second}`])].join('\n');
  const learnt = parts.model ?? parts.similarity;
  const fields = renderFields(terminal, {
    score: routing.score.toFixed(2),
    'rule part': `${(parts.rules ?? 0).toFixed(2)}${routing.rules === undefined ? '' : `: ${routing.rules.join(', ')}`}`,
    'ML part': learnt === undefined ? 'none: it has no say yet' : learnt.toFixed(2),
    bonus: parts.bonus === 0 ? null : parts.bonus?.toFixed(2),
    samples: outcomes === 0 && method === 'learned' ? 'taught examples' : plural(outcomes, 'outcome'),
    words: routing.terms?.map(([term, weight]) => `${term} +${weight.toFixed(2)}`).join(', '),
    'next best': second,
    'instead of': routing.instead_of,
    novelty: routing.novelty === undefined ? null : `${percent(routing.novelty)} of past tasks were more familiar`,
    // Rules that decide by themselves say how sure they are; a method that gave way to them was in doubt.
    'in doubt': method === 'v1' && outcomes === 0 ? null : routing.doubt,
    probability: routing.probability === 1 ? null : routing.probability?.toFixed(2),
  });
  const past =
    nearest === undefined
      ? []
      : [
          `${paint('most similar', 'bold', terminal)}\n${nearest
            .map(
              ({ task_id, agent, outcome, similarity }) =>
                `  ${similarity.toFixed(2)}  ${oneLine(task_id)}  ${oneLine(agent)}  ${paint(outcome, outcome === 'success' ? 'green' : 'red', terminal)}`,
            )
            .join('\n')}`,
        ];
  const costs =
    routing.costs === undefined
      ? []
      : [
          renderTable(
            routing.costs,
            [
              { title: 'AGENT', value: ({ agent }) => agent, style: () => 'bold' },
              { title: 'PROBABILITY', value: (row) => percent(row.probability), align: 'right' },
              { title: 'COST A RUN', value: ({ cost }) => (cost === null ? '' : dollars(cost)), align: 'right' },
            ],
            terminal,
          ),
        ];
  return [head, fields, ...costs, ...past].filter((section) => section !== '').join('\n\n');
}

type Compared = Awaited<ReturnType<typeof compareStrategies>>[number];

export function renderComparison(
  { decisions }: { readonly decisions: readonly Compared[] },
  terminal: Terminal,
): string {
  const columns: readonly Column<Compared>[] = [
    {
      title: 'STRATEGY',
      value: ({ strategy, method }) => (method === undefined ? strategy : `${strategy} (${method})`),
    },
    { title: 'AGENT', value: ({ agent }) => agent ?? 'nobody', style: () => 'bold' },
    { title: 'CONFIDENCE', value: ({ confidence }) => percent(confidence), align: 'right' },
    { title: 'WHY', value: ({ reason }) => reason },
  ];
  return renderTable(decisions, columns, terminal);
}

interface Training {
  readonly taught: number;
  readonly taught_before: number;
  readonly problems_total: number;
  readonly problems: readonly RowProblem[];
}

export function renderTraining({ taught, taught_before, ...file }: Training, terminal: Terminal): string {
  const fields = renderFields(terminal, {
    taught,
    'taught before': taught_before === 0 ? null : taught_before,
  });
  return [fields, ...problemLines(file)].join('\n\n');
}

type Figures = Pick<ChoiceFigures, 'accuracy' | 'interval' | 'macro_f1' | 'calibration_error' | 'coverage' | 'auroc'>;
type Evaluated = Figures & { readonly strategy: string; readonly milliseconds?: number };

interface Evaluation {
  readonly rows: number;
  readonly out_of_scope: number;
  readonly learned_in_order: boolean;
  readonly strategies: readonly Evaluated[];
  readonly baselines: { readonly best_single: Figures & { readonly agent: string | null }; readonly oracle: Figures };
  readonly problems_total: number;
  readonly problems: readonly RowProblem[];
}

export function renderEvaluation(evaluation: Evaluation, terminal: Terminal): string {
  const { rows, out_of_scope, learned_in_order, strategies, baselines } = evaluation;
  const at = (share: number): Column<Evaluated> => ({
    title: `BEST ${share * 100}%`,
    value: ({ coverage }) => percent(coverage.find((one) => one.coverage === share)?.accuracy ?? 0),
    align: 'right',
  });
  const right = { align: 'right' } as const;
  const columns: readonly Column<Evaluated>[] = [
    { title: 'STRATEGY', value: ({ strategy }) => strategy, style: () => 'bold' },
    { title: 'RIGHT', value: ({ accuracy }) => percent(accuracy), ...right },
    { title: '95%', value: ({ interval: { low, high } }) => `${percent(low)}–${percent(high)}` },
    { title: 'F1', value: ({ macro_f1 }) => percent(macro_f1), spare: 2, ...right },
    { title: 'CAL. ERROR', value: ({ calibration_error }) => percent(calibration_error), ...right },
    { ...at(0.9), spare: 4 },
    { ...at(0.8), spare: 3 },
    at(0.7),
    { title: 'AUROC', value: ({ auroc }) => auroc?.toFixed(3), ...right },
    { title: 'MS', value: ({ milliseconds }) => milliseconds?.toFixed(3), spare: 1, ...right },
  ];
  const { agent, ...best } = baselines.best_single;
  const all: readonly Evaluated[] = [
    ...strategies,
    { strategy: `always ${agent ?? 'nobody'}`, ...best },
    { strategy: 'oracle', ...baselines.oracle },
  ];
  return [
    `${rows} rows${out_of_scope > 0 ? `, ${out_of_scope} out of scope` : ''}${learned_in_order ? ', each learned after it was predicted' : ''}`,
    renderTable(all, columns, terminal),
    ...problemLines(evaluation),
  ].join('\n\n');
}

/** Rows of a file that cannot be used. */
function problemLines({ problems, problems_total }: Pick<Evaluation, 'problems' | 'problems_total'>): string[] {
  if (problems.length === 0) return [];
  const told = problems.map(({ line, problem }) => `line ${line}: ${oneLine(problem)}`);
  const more = problems_total > problems.length ? [`and ${problems_total - problems.length} more`] : [];
  const head = `${plural(problems_total, 'row')} skipped:`;
  return [manyLines([head, ...told, ...more].join('\n'))];
}

function bar(share: number, terminal: Terminal): string {
  const filled = Math.round(share * barWidth);
  const style = share >= 0.8 ? 'green' : share >= 0.5 ? 'yellow' : 'red';
  return `${paint('█'.repeat(filled), style, terminal)}${paint(padTo('░'.repeat(barWidth - filled), barWidth - filled), 'dim', terminal)}`;
}
