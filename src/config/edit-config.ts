/** Changes keys of `config.json` as text: comments and everything else in it stay. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import { writeWhole } from '../files/write-whole.ts';
import { jsonText } from './json-text.ts';
import { parseConfig } from './read-config.ts';
import { defaultConfig } from './schema.ts';

export interface ConfigEdit {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** @throws ConfigurationError where the file is at fault, before or after; it is then left as it is. */
export function editConfig(folder: string, edits: readonly ConfigEdit[]): void {
  if (edits.length === 0) return;
  const file = join(folder, 'config.json');
  const before = readFileSync(file, 'utf8');
  parseConfig(before, file);
  const after = edits.reduce((text, { path, value }) => {
    const [first = ''] = path;
    return jsonText.set(first === 'agents' ? withAgents(text) : text, path, value);
  }, before);
  parseConfig(after, file);
  writeWhole(file, after);
}

/** A file without agents has the default ones; naming one of them alone would take the others away. */
function withAgents(text: string): string {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  if (tree !== undefined && findNodeAtLocation(tree, ['agents']) !== undefined) return text;
  return jsonText.set(text, ['agents'], defaultConfig.agents);
}
