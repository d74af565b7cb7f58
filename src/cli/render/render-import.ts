/** What an import found and brought, for a person: how many, and of what was left out or adapted the first by name. */
import { renderFields } from '../table.ts';
import { manyLines, oneLine, section, stacked, type Terminal } from '../terminal.ts';

/** Everything for one reason. */
export interface Grouped {
  readonly what: string;
  readonly count: number;
  readonly about: readonly string[];
}

interface Change {
  readonly source_id: string;
  readonly task_id: string;
  readonly fields: readonly string[];
}

interface Shown {
  readonly system: string;
  readonly tasks: number;
  readonly new: number;
  readonly votes: number;
  readonly outcomes: number;
  readonly examples: number;
  readonly rules: readonly string[];
  readonly left_out: readonly Grouped[];
  readonly adapted: readonly Grouped[];
}

interface BroughtIn {
  readonly imported: number;
  readonly skipped: readonly unknown[];
  readonly updated: readonly Change[];
  readonly kept: readonly (Change & { readonly why: string })[];
  readonly dangling: readonly { readonly source_id: string; readonly depends_on: string }[];
  readonly cycles: readonly (readonly string[])[];
}

/** Names after which the rest is only counted; `--json` has all. */
const shownNames = 10;

/** `imported` is absent where nothing was changed. */
export function renderImport(shown: Shown & Partial<BroughtIn>, terminal: Terminal): string {
  const { imported, skipped = [], updated = [], kept = [], dangling = [], cycles = [] } = shown;
  const isDry = imported === undefined;
  const fields = renderFields(terminal, {
    from: shown.system,
    tasks: isDry ? `${shown.tasks}, ${shown.new} of them new` : null,
    imported,
    updated: updated.length || null,
    unchanged: isDry ? null : skipped.length || null,
    votes: shown.votes || null,
    outcomes: shown.outcomes || null,
    examples: shown.examples || null,
    rules: shown.rules.join(', ') || null,
  });
  return stacked([
    fields,
    section(
      'updated',
      listed(updated.map(({ source_id, fields: names }) => `${source_id}: ${names.join(', ')}`)),
      terminal,
    ),
    section(
      'not taken over',
      listed(kept.map(({ source_id, fields: names, why }) => `${source_id}: ${names.join(', ')} (${why})`)),
      terminal,
    ),
    section('left out', groups(shown.left_out), terminal),
    section('adapted', groups(shown.adapted), terminal),
    section(
      `dependencies on what is not there${dangling.length > 0 ? `: ${dangling.length}` : ''}`,
      listed(dangling.map(({ source_id, depends_on }) => `${source_id} depends on ${depends_on}`)),
      terminal,
    ),
    section(
      'circles, cut at the last dependency',
      listed(cycles.map((circle) => shortened(circle).join(' → '))),
      terminal,
    ),
  ]);
}

function groups(all: readonly Grouped[]): string {
  return all
    .map(({ what, count, about }) => {
      const names = about.slice(0, shownNames).map((name) => oneLine(name, 80));
      const more = count > names.length ? `, … and ${count - names.length} more` : '';
      return manyLines(`${count}  ${oneLine(what, 200)}: ${names.join(', ')}${more}`);
    })
    .join('\n');
}

function listed(lines: readonly string[]): string {
  const more = lines.length > shownNames ? [`… and ${lines.length - shownNames} more (--json lists all)`] : [];
  return manyLines([...lines.slice(0, shownNames).map((line) => oneLine(line, 200)), ...more].join('\n'));
}

function shortened(circle: readonly string[]): readonly string[] {
  return circle.length > 12 ? [...circle.slice(0, 11), '…', circle.at(-1) ?? ''] : circle;
}
