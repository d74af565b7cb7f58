/** What an import found and brought, for a person: how many, where the list itself would fill screens. */
import { renderFields } from '../table.ts';
import { indented, manyLines, type Terminal } from '../terminal.ts';

interface Found {
  readonly tasks: number;
  /** Entries that are no work, by kind. */
  readonly not_work: Readonly<Record<string, number>>;
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

interface Imported extends Found {
  readonly imported: number;
  readonly skipped: readonly unknown[];
  readonly dangling: readonly { readonly source_id: string; readonly depends_on: string }[];
  readonly cycles: readonly unknown[];
}

const shownDangling = 10;

export function renderImportPlan({ tasks, not_work, problems }: Found, terminal: Terminal): string {
  const fields = renderFields(
    [
      ['tasks', tasks],
      ['not work', countsOf(not_work)],
    ],
    terminal,
  );
  return [
    fields,
    ...listed(
      'problems',
      problems.map(({ line, message }) => `line ${line}: ${message}`),
    ),
  ].join('\n\n');
}

export function renderImport(result: Imported, terminal: Terminal): string {
  const fields = renderFields(
    [
      ['imported', result.imported],
      ['here already', result.skipped.length],
      ['not work', countsOf(result.not_work)],
      ['dangling dependencies', result.dangling.length],
      ['cycles', result.cycles.length],
    ],
    terminal,
  );
  const dangling = result.dangling.slice(0, shownDangling);
  return [
    fields,
    ...listed(
      'problems',
      result.problems.map(({ line, message }) => `line ${line}: ${message}`),
    ),
    ...listed(
      'dangling',
      dangling.map(({ source_id, depends_on }) => `${source_id} depends on ${depends_on}`),
    ),
  ].join('\n\n');
}

function countsOf(counts: Found['not_work']): string {
  return Object.entries(counts)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}\n${indented(manyLines(lines.join('\n')))}`];
}
