/**
 * Votes that the operator lets a check judge: its first verdict on work that depends on the vote says which option was
 * right. An attempt that is tried again is no verdict.
 */
import type { CheckRun, Verdict } from '../checks/check.ts';
import type { Deliberation } from '../deliberation.ts';
import type { FederationState } from '../federation-state.ts';
import type { Task, TaskId } from '../tasks/task.ts';
import { judgementEvent } from './judgement.ts';
import type { VoteId } from './vote.ts';
import { changeVotingRecord } from './voting-record.ts';

type Found = { readonly task_id: TaskId; readonly verdict: Exclude<Verdict, 'not-run'> };

/** `runs`: what was just recorded of a task whose result stands by that. */
export function judgeVotesBy(deliberation: Deliberation, task: Task, runs: readonly CheckRun[]): void {
  const { state } = deliberation;
  let record = state.voting;
  for (const id of new Set([...task.dependencies, ...task.wait_for])) {
    const vote = state.votes.get(id);
    const judging = vote?.judging_check;
    const run = runs.findLast(({ check, verdict }) => check === judging?.check && verdict !== 'not-run');
    if (vote?.status !== 'decided' || judging == null || run === undefined) continue;
    const right_choice = run.verdict === 'passed' ? judging.right_choice : judging.if_failed;
    const judged = judgementEvent(vote, right_choice, record);
    const before = vote.judged === null ? record : changeVotingRecord(record, vote.judged.lesson, -1);
    record = changeVotingRecord(before, judged.lesson, 1);
    deliberation.add({ ...judged, check: judging.check, task_id: task.task_id });
  }
}

/** What the check says of finished work that depends on the vote; `null`: nothing yet. Asked once for each vote, by a person. */
export function verdictSoFar(state: FederationState, vote_id: VoteId, check: string): Found | null {
  for (const { task_id, status, dependencies, check_results } of state.tasks.values()) {
    if ((status !== 'completed' && status !== 'failed') || !dependencies.includes(vote_id)) continue;
    const verdict = check_results.findLast((run) => run.check === check && run.verdict !== 'not-run')?.verdict;
    if (verdict === 'passed' || verdict === 'failed') return { task_id, verdict };
  }
  return null;
}
