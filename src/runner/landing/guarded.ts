/** Files that decide what runs, or whether a check passes: work that changes one lands only when somebody said yes. */
import type { Config } from '../../config/schema.ts';
import type { Task } from '../../domain/tasks/task.ts';
import { covers } from '../../domain/tasks/paths.ts';

const always = ['.federation', '.husky', '.githooks', '.gitattributes', '.gitmodules', '**/.gitattributes'];

export function guardedAmong(config: Config, names: readonly string[], changed: readonly string[]): string[] {
  const protectedBy = names.flatMap((name) => config.checks[name]?.protect ?? []);
  const patterns = [...always, ...protectedBy];
  return changed.filter((path) => patterns.some((pattern) => covers(pattern, path)));
}

/** A reviewer's or person's verdict on this very work. */
export function isAccepted({ reviews, approved_by }: Task): boolean {
  return approved_by !== null || reviews.at(-1)?.verdict === 'accept';
}
