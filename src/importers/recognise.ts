/** Which system a source comes from, by what is in it. */
import { isJsonObject, type JsonObject } from '../domain/json.ts';
import type { Source, System } from './found.ts';
import { looksLikeTable } from './import-csv.ts';
import { tagsOf } from './import-taskmaster.ts';
import { wholeJson } from './records.ts';

/** Null where nothing says so. */
export function recognise(source: Source): System | null {
  return source.kind === 'folder' ? ofFolder([...source.files.keys()]) : ofText(source.name, source.text);
}

function ofFolder(paths: readonly string[]): System | null {
  const has = (pattern: RegExp): boolean => paths.some((path) => pattern.test(path));
  if (has(/^(?:queue|votes)\//) || has(/(?:^|\/)federation-routing[\w.-]*\.json$/)) return 'phase4';
  return has(/^(?:tasks|drafts|completed)\/.*\.md$/) ? 'backlog' : null;
}

function ofText(name: string, text: string): System | null {
  if (/federation-routing[\w.-]*\.json$/.test(name)) return 'phase4';
  const start = text.trimStart();
  const whole = /^[[{]/.test(start) ? wholeJson(start) : undefined;
  if (whole === undefined) {
    const lines = start.split('\n', 50).flatMap((line) => wholeJson(line) ?? []);
    const records = lines.filter((value) => isJsonObject(value));
    if (records.length > 0) return ofRecords(records);
    return looksLikeTable(text) ? 'csv' : null;
  }
  if (Array.isArray(whole)) return ofRecords(whole.slice(0, 20).filter((value: unknown) => isJsonObject(value)));
  if (!isJsonObject(whole)) return null;
  if (tagsOf(whole).length > 0) return 'taskmaster';
  if (isJsonObject(whole['agents']) && ('scoring' in whole || 'default_agent' in whole)) return 'phase4';
  return ofRecords([whole]);
}

function ofRecords(values: readonly JsonObject[]): System | null {
  const some = (test: (value: JsonObject) => boolean): boolean => values.some(test);
  if (some((value) => typeof value['federation_export'] === 'number')) return 'federation';
  if (some((value) => isJsonObject(value['task']) && 'task_id' in value['task'])) return 'federation';
  if (some((value) => Number.isInteger(value['number']) && ('title' in value || 'state' in value))) return 'github';
  if (some((value) => typeof value['task_id'] === 'string' && 'description' in value)) return 'phase4';
  return some((value) => typeof value['id'] === 'string' && ('title' in value || 'issue_type' in value))
    ? 'beads'
    : null;
}

/** Where each system keeps its tasks below the folder of a project, the way to it first. */
export const usualPlaces: readonly { readonly system: System; readonly path: string }[] = [
  { system: 'beads', path: '.beads/issues.jsonl' },
  { system: 'taskmaster', path: '.taskmaster/tasks/tasks.json' },
  { system: 'backlog', path: 'backlog' },
  { system: 'backlog', path: '.backlog' },
  { system: 'phase4', path: '.federation' },
];
