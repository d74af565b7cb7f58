/** Choices of the router, and how good they are, for a person. */
import stringWidth from 'string-width';
import { z } from 'zod';
import { type Column, renderFields, renderTable } from '../table.ts';
import { manyLines, oneLine, padTo, paint, plain, type Terminal } from '../terminal.ts';
import { renderAny } from './render-any.ts';

const maybeNumber = z.number().nullish();
const maybeText = z.string().nullish();

const routingSchema = z.object({
  agent: z.string().nullable(),
  confidence: z.number(),
  method: z.string(),
  reason: z.string(),
  doubt: maybeText,
  score: maybeNumber,
  parts: z.object({ rules: maybeNumber, similarity: maybeNumber, model: maybeNumber, bonus: maybeNumber }).optional(),
  rules: z.array(z.string()).nullish(),
  terms: z.array(z.tuple([z.string(), z.number()])).nullish(),
  nearest: z
    .array(z.object({ task_id: z.string(), agent: z.string(), outcome: z.string(), similarity: z.number() }))
    .nullish(),
  runner_up: z.object({ agent: z.string(), score: z.number() }).nullish(),
  instead_of: maybeText,
  novelty: maybeNumber,
  outcomes: maybeNumber,
  probability: maybeNumber,
});

const barWidth = 20;

export function renderRouting(result: unknown, explain: boolean, terminal: Terminal): string {
  const parsed = routingSchema.safeParse(result);
  if (!parsed.success) return renderAny(result, terminal);
  const routing = parsed.data;
  const who = paint(routing.agent ?? 'nobody', 'bold', terminal);
  const head = `${who}  ${bar(routing.confidence, terminal)} ${percent(routing.confidence)}  ${paint(routing.method, 'cyan', terminal)}\n${oneLine(routing.reason)}`;
  const second =
    routing.runner_up == null ? null : `${routing.runner_up.agent} (${routing.runner_up.score.toFixed(2)})`;
  if (!explain) return [head, ...(second === null ? [] : [`next best: ${second}`])].join('\n');
  const { parts, nearest } = routing;
  const fields = renderFields(
    [
      ['score', routing.score?.toFixed(3)],
      ['made of', parts === undefined ? null : partsOf(parts)],
      ['rules', routing.rules?.join(', ')],
      ['words', routing.terms?.map(([term, weight]) => `${term} +${weight.toFixed(2)}`).join(', ')],
      ['next best', second],
      ['instead of', routing.instead_of],
      ['novelty', routing.novelty == null ? null : `${percent(routing.novelty)} of past tasks were clearer`],
      ['in doubt', routing.doubt],
      ['learned from', routing.outcomes == null ? null : `${routing.outcomes} outcomes`],
      ['probability', routing.probability?.toFixed(3)],
    ],
    terminal,
  );
  const past =
    nearest == null || nearest.length === 0
      ? []
      : [
          `${paint('most like', 'bold', terminal)}\n${nearest
            .map(
              ({ task_id, agent, outcome, similarity }) =>
                `  ${similarity.toFixed(2)}  ${oneLine(task_id)}  ${oneLine(agent)}  ${paint(outcome, outcome === 'success' ? 'green' : 'red', terminal)}`,
            )
            .join('\n')}`,
        ];
  return [head, fields, ...past].filter((section) => section !== '').join('\n\n');
}

function partsOf(parts: NonNullable<z.infer<typeof routingSchema>['parts']>): string {
  return Object.entries(parts)
    .flatMap(([name, value]) => (value == null ? [] : [`${name} ${value.toFixed(2)}`]))
    .join(', ');
}

const comparisonSchema = z.object({
  decisions: z.array(
    z.object({
      strategy: z.string(),
      agent: z.string().nullable(),
      confidence: z.number(),
      method: maybeText,
      reason: z.string(),
    }),
  ),
});
type Compared = z.infer<typeof comparisonSchema>['decisions'][number];

export function renderComparison(result: unknown, terminal: Terminal): string {
  const parsed = comparisonSchema.safeParse(result);
  if (!parsed.success) return renderAny(result, terminal);
  const columns: readonly Column<Compared>[] = [
    {
      title: 'STRATEGY',
      value: ({ strategy, method }) => (method == null ? strategy : `${strategy} (${method})`),
    },
    { title: 'AGENT', value: ({ agent }) => agent ?? 'nobody', style: () => 'bold' },
    { title: 'CONFIDENCE', value: ({ confidence }) => percent(confidence), align: 'right' },
    { title: 'WHY', value: ({ reason }) => reason },
  ];
  return renderTable(parsed.data.decisions, columns, terminal);
}

const figures = {
  accuracy: z.number(),
  interval: z.object({ low: z.number(), high: z.number() }),
  macro_f1: z.number(),
  calibration_error: z.number(),
  coverage: z.array(z.object({ coverage: z.number(), accuracy: z.number() })),
  auroc: z.number().nullable(),
};
const evaluationSchema = z.object({
  rows: z.number(),
  out_of_scope: z.number(),
  learned_in_order: z.boolean(),
  strategies: z.array(z.object({ strategy: z.string(), ...figures, milliseconds: z.number().optional() })),
  baselines: z.object({
    best_single: z.object({ agent: z.string().nullable(), ...figures }),
    oracle: z.object(figures),
  }),
  problems_total: z.number(),
  problems: z.array(z.object({ line: z.number(), problem: z.string() })),
});
type Evaluated = z.infer<typeof evaluationSchema>['strategies'][number];

export function renderEvaluation(result: unknown, terminal: Terminal): string {
  const parsed = evaluationSchema.safeParse(result);
  if (!parsed.success) return renderAny(result, terminal);
  const { rows, out_of_scope, learned_in_order, strategies, baselines, problems, problems_total } = parsed.data;
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
    { title: 'F1', value: ({ macro_f1 }) => percent(macro_f1), ...right },
    { title: 'CAL. ERROR', value: ({ calibration_error }) => percent(calibration_error), ...right },
    at(0.9),
    at(0.8),
    at(0.7),
    { title: 'AUROC', value: ({ auroc }) => auroc?.toFixed(3), ...right },
    { title: 'MS', value: ({ milliseconds }) => milliseconds?.toFixed(3), ...right },
  ];
  const { agent, ...best } = baselines.best_single;
  const all: readonly Evaluated[] = [
    ...strategies,
    { strategy: `always ${agent ?? 'nobody'}`, ...best },
    { strategy: 'oracle', ...baselines.oracle },
  ];
  const told = problems.map(({ line, problem }) => `line ${line}: ${oneLine(problem)}`);
  const more = problems_total > problems.length ? [`and ${problems_total - problems.length} more`] : [];
  return [
    `${rows} rows${out_of_scope > 0 ? `, ${out_of_scope} out of scope` : ''}${learned_in_order ? ', each learned after it was predicted' : ''}`,
    renderTable(all, fitting(all, columns, terminal), terminal),
    ...(told.length === 0
      ? []
      : [
          manyLines(
            [`${problems_total} ${problems_total === 1 ? 'row was' : 'rows were'} left out:`, ...told, ...more].join(
              '\n',
            ),
          ),
        ]),
  ].join('\n\n');
}

/** What a narrow terminal can do without, the least telling first. */
const dispensable = ['BEST 90%', 'BEST 80%', 'F1', 'MS'];

/** The columns that fit; a pipe gets all of them. */
function fitting<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { width }: Terminal,
): readonly Column<Row>[] {
  let kept = columns;
  for (const title of dispensable) {
    const lines = renderTable(rows, kept, plain).split('\n');
    if (width === null || Math.max(...lines.map((line) => stringWidth(line))) <= width) break;
    kept = kept.filter((column) => column.title !== title);
  }
  return kept;
}

function bar(share: number, terminal: Terminal): string {
  const filled = Math.round(share * barWidth);
  const style = share >= 0.8 ? 'green' : share >= 0.5 ? 'yellow' : 'red';
  return `${paint('█'.repeat(filled), style, terminal)}${paint(padTo('░'.repeat(barWidth - filled), barWidth - filled), 'dim', terminal)}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)}%`;
}
