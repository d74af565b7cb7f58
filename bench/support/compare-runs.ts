/** Two runs of the benchmark beside each other. */
import { z } from 'zod';
import { shown } from './row.ts';

const measurement = z.object({
  row: z.string(),
  what: z.string(),
  measured: z.number(),
  unit: z.enum(['×', 'ms', 'MB', 'KB']),
  target: z.number(),
  met: z.enum(['at most', 'at least']),
  detail: z.string(),
  spread: z.tuple([z.number(), z.number()]).readonly().optional(),
  isMet: z.boolean(),
});

const run = z.object({
  date: z.string(),
  commit: z.string(),
  node: z.string(),
  cores: z.number(),
  /** Of the machine, before it began. */
  load: z.number(),
  quick: z.boolean(),
  seconds: z.number(),
  measurements: z.array(measurement).readonly(),
});
export type Run = z.infer<typeof run>;

/** @throws Error where it is no run. */
export function readRun(json: string): Run {
  return run.parse(JSON.parse(json));
}

/** What two runs on one machine differ by without a reason. */
const noise = 0.1;

/** A line a measurement that both have: what got worse first. */
export function compareRuns(before: Run, after: Run): string {
  const lines = after.measurements.flatMap((now) => {
    const then = before.measurements.find(({ row, what }) => row === now.row && what === now.what);
    if (then === undefined) return [];
    // Above 1: worse.
    const worse = now.met === 'at most' ? now.measured / then.measured : then.measured / now.measured;
    const values = `${shown(then.measured, now.unit)} → ${shown(now.measured, now.unit)} ${now.unit}`;
    return [
      { worse, text: `${verdict(worse, overlap(then.spread, now.spread))}  ${now.row}: ${values}  (${now.what})` },
    ];
  });
  lines.sort((a, b) => b.worse - a.worse);
  return [`Against ${before.commit} of ${before.date.slice(0, 16)}:`, ...lines.map(({ text }) => `  ${text}`)].join(
    '\n',
  );
}

function verdict(worse: number, overlaps: boolean): string {
  if (overlaps || Math.abs(Math.log(worse)) < Math.log(1 + noise)) return 'the same';
  const percent = Math.round((worse > 1 ? worse - 1 : 1 - worse) * 100);
  return worse > 1 ? `WORSE by ${percent}%` : `better by ${percent}%`;
}

function overlap(one: Spread, other: Spread): boolean {
  return one !== undefined && other !== undefined && one[0] <= other[1] && other[0] <= one[1];
}

type Spread = readonly [number, number] | undefined;
