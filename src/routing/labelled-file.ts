/**
 * Training and evaluation files: one text and its label a line.
 *
 * TSV: `label<TAB>text` or, with a header line naming them, any columns among
 * which are `text` and `label` (and `type`). JSONL: objects with `text`,
 * `label` (or `agent`), `type?`. A type is a slug, as tasks have them. Broken rows are reported by line; the rest is
 * used.
 */
import { z } from 'zod';
import { slug } from '../domain/slug.ts';
import { quote } from '../domain/text.ts';

export interface LabelledRow {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  readonly label: string;
  readonly type: string | null;
}

export interface RowProblem {
  readonly line: number;
  readonly problem: string;
}

export interface LabelledFile {
  readonly rows: readonly LabelledRow[];
  readonly problems: readonly RowProblem[];
}

const jsonRow = z.object({
  text: z.string(),
  label: z.string().optional(),
  agent: z.string().optional(),
  type: z.string().nullish(),
});

/** Reads either form: a line that begins with `{` is JSON. Never throws on content. */
export function parseLabelledFile(content: string): LabelledFile {
  const rows: LabelledRow[] = [];
  const problems: RowProblem[] = [];
  let columns = { label: 0, text: 1, type: -1 };
  for (const [index, raw] of content
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const line = index + 1;
    const text = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    if (text.trim() === '') continue;
    if (text.startsWith('{')) {
      const row = readJson(text, line);
      if ('problem' in row) problems.push(row);
      else rows.push(row);
      continue;
    }
    const cells = text.split('\t');
    if (line === 1 && cells.includes('text') && cells.includes('label')) {
      columns = { label: cells.indexOf('label'), text: cells.indexOf('text'), type: cells.indexOf('type') };
      continue;
    }
    const label = cells[columns.label]?.trim() ?? '';
    const body = cells[columns.text];
    const type = cells[columns.type]?.trim() || null;
    const fault = faultOf(type);
    if (cells.length === 1 && isJson(text)) problems.push({ line, problem: notAnObject });
    else if (body === undefined) problems.push({ line, problem: 'Expected a label, a tab and a text, got no tab' });
    else if (label === '') problems.push({ line, problem: 'Expected a label, got an empty one' });
    else if (fault !== null) problems.push({ line, problem: fault });
    else rows.push({ line, text: body, label, type });
  }
  return { rows, problems };
}

const notAnObject = 'Expected a JSON object like {"text": "…", "label": "…"}, got another value';

/** A list or null: JSON, if not what is asked for. In a table, what stands in brackets is a text. */
function isJson(line: string): boolean {
  return line.startsWith('[') || line.trim() === 'null';
}

/** What is wrong with a type, if anything. */
function faultOf(type: string | null): string | null {
  return type === null || slug.safeParse(type).success
    ? null
    : `Expected a type of lower-case letters, digits and single hyphens, at most 40 characters, got ${quote(type)}`;
}

function readJson(raw: string, line: number): LabelledRow | RowProblem {
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    return { line, problem: 'Expected a JSON object, got text that does not parse' };
  }
  const parsed = jsonRow.safeParse(value);
  if (!parsed.success) return { line, problem: 'Expected {"text": "…", "label": "…"} with texts as values' };
  const label = parsed.data.label ?? parsed.data.agent ?? '';
  if (label.trim() === '') return { line, problem: 'Expected a label or an agent, got none' };
  const type = parsed.data.type?.trim() || null;
  const fault = faultOf(type);
  if (fault !== null) return { line, problem: fault };
  return { line, text: parsed.data.text, label: label.trim(), type };
}

/** Splits rows by whether their label is an agent; the others are reported, not learned. */
export function separateUnknownLabels(file: LabelledFile, agents: ReadonlySet<string>): LabelledFile {
  const rows = file.rows.filter(({ label }) => agents.has(label));
  const unknown = file.rows
    .filter(({ label }) => !agents.has(label))
    .map(({ line, label }) => ({ line, problem: `Expected a label that is an agent, got "${label.slice(0, 60)}"` }));
  return { rows, problems: [...file.problems, ...unknown].sort((a, b) => a.line - b.line) };
}
