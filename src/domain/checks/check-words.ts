import { oneLine } from '../text.ts';
import type { CheckRun } from './check.ts';

/** `test failed on 1a2b3c4d (exit 1)` */
export function checkWords({ check, verdict, commit, exit, reason, place }: CheckRun): string {
  const on = commit === null ? (place === 'in-place' ? ' in place' : '') : ` on ${shortCommit(commit)}`;
  const why = reason ?? (verdict === 'failed' && exit !== null ? `exit ${exit}` : null);
  const said = verdict === 'not-run' ? 'could not run' : verdict;
  return `${check} ${said}${on}${why === null ? '' : ` (${oneLine(why, 200)})`}`;
}

export function shortCommit(commit: string): string {
  return commit.slice(0, 8);
}
