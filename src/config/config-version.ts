/**
 * Versions of the configuration file. A file says its own with `version`; one without is version 0. What a version
 * changed is a step here, so that older files go on working; `fed init` writes what the steps make of one.
 */
import { applyEdits, findNodeAtLocation, getNodeValue, modify, parseTree } from 'jsonc-parser';

export const configVersion = 1;

/** Makes of the text of version `from` that of the next; comments stay. Version 1 has all keys of version 0. */
export interface ConfigStep {
  readonly from: number;
  readonly change: (text: string) => string;
}

const steps: readonly ConfigStep[] = [];

/** The version that a text says; null where it is none that could be migrated. */
export function versionIn(text: string): number | null {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  if (tree?.type !== 'object') return null;
  const node = findNodeAtLocation(tree, ['version']);
  const said: unknown = node === undefined ? 0 : getNodeValue(node);
  return typeof said === 'number' && Number.isInteger(said) && said >= 0 ? said : null;
}

/** For a reader: as the newest version has it where a step changed something since, else as it is. */
export function migratedText(text: string, known: readonly ConfigStep[] = steps): string {
  const from = versionIn(text);
  const last = known.at(-1);
  if (from === null || last === undefined || from > last.from) return text;
  return currentText(text, known, last.from + 1);
}

/** For the file: with every step taken, and the key. */
export function currentText(text: string, known: readonly ConfigStep[] = steps, newest = configVersion): string {
  const from = versionIn(text) ?? newest;
  const changed = known.filter((step) => step.from >= from).reduce((before, { change }) => change(before), text);
  const formattingOptions = { insertSpaces: true, tabSize: 2 };
  // First in the file, where a reader looks for it.
  const getInsertionIndex = (): number => 0;
  return applyEdits(changed, modify(changed, ['version'], newest, { formattingOptions, getInsertionIndex }));
}
