/**
 * Three kinds of text, as labelled sets that settings are chosen on: requests to
 * a bank and other offices (CLINC150, 10 domains), requests to a home assistant
 * (HWU64, 18 scenarios), and the titles of a backlog that agents worked on (Gas
 * Town, by type of issue). Choose on `val`; `test` is for stating the result.
 */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { dataFolder, readClinc, shuffled } from './clinc.ts';

export interface Example {
  readonly text: string;
  readonly label: string;
}

export interface TextSet {
  readonly name: string;
  readonly train: readonly Example[];
  readonly val: readonly Example[];
  readonly test: readonly Example[];
}

/** Types with fewer issues than this say nothing about learning. */
const leastOfType = 20;
/** Every fifth title is for the result, every tenth of the others for choosing. */
const parts = 50;

export function readTextSets(): TextSet[] {
  return [clincSet(), hwuSet(), gasTownSet()];
}

function clincSet(): TextSet {
  const rows = readClinc();
  const part = (split: string): Example[] =>
    rows.filter((row) => row.split === split).map(({ text, domain }) => ({ text, label: domain }));
  return { name: 'CLINC150', train: part('train'), val: part('val'), test: part('test') };
}

export function hwuSet(): TextSet {
  const rows = readFileSync(new URL('hwu64.tsv', dataFolder), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  const part = (split: string): Example[] =>
    rows.filter(([its]) => its === split).map(([, , label = '', text = '']) => ({ text, label }));
  return { name: 'HWU64', train: part('train'), val: part('val'), test: part('test') };
}

const issueSchema = z.object({ title: z.string(), issue_type: z.string() });

function gasTownSet(): TextSet {
  const issues = readFileSync(new URL('../../test/fixtures/gastown/issues.jsonl', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
    .map((value) => issueSchema.parse(value));
  const counts = new Map<string, number>();
  for (const { issue_type: type } of issues) counts.set(type, (counts.get(type) ?? 0) + 1);
  const examples = issues
    .filter(({ issue_type: type }) => (counts.get(type) ?? 0) >= leastOfType)
    .map(({ title, issue_type }) => ({ text: title, label: issue_type }));
  const mixed = shuffled(examples, 1);
  const test = mixed.filter((_, at) => at % parts < parts / 5);
  const rest = mixed.filter((_, at) => at % parts >= parts / 5);
  // 500 examples are learned: of some 535, the rest is what is predicted, in many orders.
  return { name: 'Gas Town', train: rest, val: [], test };
}
