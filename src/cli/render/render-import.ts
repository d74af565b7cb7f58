/** What an import found and brought, for a person: how many, where the list itself would fill screens. */
import { renderFields } from '../table.ts';
import { manyLines, section, stacked, type Terminal } from '../terminal.ts';

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

/** `imported` is absent where nothing was changed. */
export function renderImport(found: Found & Partial<Imported>, terminal: Terminal): string {
  const { imported, skipped, dangling = [], cycles, problems } = found;
  const fields = renderFields(terminal, {
    tasks: imported === undefined ? found.tasks : null,
    imported,
    'here already': skipped?.length,
    'not work': Object.entries(found.not_work)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', '),
    'dangling dependencies': imported === undefined ? null : dangling.length,
    cycles: cycles?.length,
  });
  const broken = problems.map(({ line, message }) => `line ${line}: ${message}`);
  const nowhere = dangling
    .slice(0, shownDangling)
    .map(({ source_id, depends_on }) => `${source_id} depends on ${depends_on}`);
  return stacked([
    fields,
    section('problems', manyLines(broken.join('\n')), terminal),
    section('dangling', manyLines(nowhere.join('\n')), terminal),
  ]);
}
