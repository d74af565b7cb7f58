/** Where things stand, as a person asks: what needs them, what goes on, who is there, what is being voted on. */
import { basename } from 'node:path';
import { type Advice, advise, call, sentences } from '../domain/advice.ts';
import type { FederationState } from '../domain/federation-state.ts';
import { type Fit, fitOfAll } from '../domain/tasks/claiming-order.ts';
import { day, fromMillis, type Timestamp, toMillis } from '../domain/time.ts';
import type { Vote } from '../domain/votes/vote-state.ts';
import type { Federation } from '../federation.ts';
import { type AgentView, agentViews, type StatusView, statusOf } from './queue-views.ts';
import { doubtfulOf, taskRow, type TaskRow, waitOf } from './task-rows.ts';
import { firstWords } from './task-views.ts';
import { votedIn } from './vote-views.ts';

export interface Waiting {
  readonly tasks: number;
  readonly votes: number;
  readonly approval: number;
  readonly time: number;
  /** When the first of those begins. */
  readonly until: Timestamp | null;
}

export interface OpenVote {
  readonly vote_id: string;
  readonly status: Vote['status'];
  readonly question: string;
  readonly voted: number;
  readonly eligible: number;
  readonly deadline: Timestamp;
}

/** What waits for the operator, in short. */
export interface Need {
  readonly inbox_id: string;
  readonly kind: string;
  readonly title: string;
  readonly opened_at: Timestamp;
}

export interface Overview extends Omit<StatusView, 'agents'> {
  readonly name: string;
  readonly now: Timestamp;
  readonly oldest_need: Need | null;
  readonly oldest_ready: TaskRow | null;
  readonly held_by: Readonly<Record<string, number>>;
  readonly waiting: Waiting;
  readonly overdue: number;
  /** Within the last 24 hours. */
  /** Where the board is reached on this machine, while it runs. */
  readonly board?: string;
  readonly recently: { readonly completed: number; readonly failed: number; readonly cancelled: number };
  readonly agents: readonly AgentView[];
  readonly open_votes: readonly OpenVote[];
}

export const recentTime = day;
const mostVotes = 5;
/** Ready tasks looked through for one that nobody will take. */
const mostLookedThrough = 100;

export function overviewOf(federation: Federation): Overview {
  const state = federation.state();
  const now = federation.now();
  const [oldest_need = null] = needsOf(state, 1);
  const board = federation.boardAddress();
  const oldest = state.index.ready.best(everyone(federation), true);
  return {
    ...statusOf(federation),
    name: basename(federation.project.dir),
    now,
    oldest_need,
    oldest_ready: oldest === undefined ? null : taskRow(federation, oldest),
    held_by: Object.fromEntries([...state.index.heldBy].map(([name, ids]) => [name, ids.size])),
    waiting: waitingOf(state),
    overdue: overdueOf(state, now),
    recently: recentlyDone(state, now),
    agents: agentViews(federation),
    open_votes: openVotes(state, mostVotes),
    ...(board === null ? {} : { board }),
  };
}

/** Everyone's ready tasks, whoever they are addressed to and whatever their type. */
function everyone(federation: Federation): Fit {
  const { config } = federation;
  const { openByAddressee } = federation.state().index;
  return fitOfAll([...Object.keys(config.agents), config.operator, ...config.people, ...openByAddressee.keys()]);
}

/** Oldest first: they have waited longest. */
export function needsOf({ escalations }: FederationState, most: number): Need[] {
  return [...escalations.values()]
    .sort((a, b) => toMillis(a.opened_at) - toMillis(b.opened_at))
    .slice(0, most)
    .map(({ inbox_id, kind, title, opened_at }) => ({ inbox_id, kind, title, opened_at }));
}

/** `most`: tasks looked at, so that a board of very many costs little. */
export function waitingOf(state: FederationState, most = Number.POSITIVE_INFINITY): Waiting {
  const { index, tasks } = state;
  const counts = { tasks: 0, votes: 0, approval: 0, time: 0 };
  let scanned = 0;
  for (const id of index.byStatus.pending) {
    if (++scanned > most) break;
    const task = tasks.get(id);
    const wait = task === undefined ? null : waitOf(state, task);
    if (wait === null) continue;
    counts[wait.for === 'tasks' ? (wait.ids[0]?.startsWith('vote-') === true ? 'votes' : 'tasks') : wait.for] += 1;
  }
  const [first] = index.starting.entries();
  return { ...counts, until: counts.time === 0 || first === undefined ? null : fromMillis(first[0][0]) };
}

function overdueOf({ index, tasks }: FederationState, now: Timestamp): number {
  let count = 0;
  for (const ids of [index.byStatus.pending, index.byStatus['in-progress']]) {
    for (const id of ids) if ((tasks.get(id)?.deadline ?? now) < now) count += 1;
  }
  return count;
}

export function recentlyDone({ index, tasks }: FederationState, now: Timestamp): Overview['recently'] {
  const counts = { completed: 0, failed: 0, cancelled: 0 };
  for (const [[at], id] of index.finished.entriesReversed()) {
    if (at < toMillis(now) - recentTime) break;
    const status = tasks.get(id)?.status;
    if (status === 'completed' || status === 'failed' || status === 'cancelled') counts[status] += 1;
  }
  return counts;
}

/** Escalated ones first, then by deadline. */
export function openVotes({ votes, voteIndex }: FederationState, most: number): OpenVote[] {
  return [...voteIndex.escalated, ...voteIndex.deadlines.values()].slice(0, most).flatMap((id) => {
    const vote = votes.get(id);
    if (vote === undefined) return [];
    const { vote_id, status, deadline, eligible } = vote;
    const question = firstWords(vote.question, 200);
    return [{ vote_id, status, question, voted: votedIn(vote).length, eligible: eligible.length, deadline }];
  });
}

/** The one or two things that most need a person. Empty where all goes on by itself. */
export function worthDoing(federation: Federation, overview: Overview): Advice {
  const { paused, inbox, overdue, tasks } = overview;
  const steps: Advice[] = [];
  if (paused !== null) steps.push(advise`${call('resume_federation')} ends the pause.`);
  if (inbox > 0) steps.push(advise`${inbox} in the inbox: ${call('list_inbox')}.`);
  if (overdue > 0) steps.push(`${overdue} past the deadline: fed queue list --overdue.`);
  if (paused === null) steps.push(...stuck(federation));
  const open = tasks.ready + tasks.waiting + tasks.in_progress;
  if (steps.length === 0 && open === 0) steps.push(advise`Queue work with ${call('queue_task')}.`);
  return sentences(...steps.slice(0, 2));
}

/** Ready work that nobody will take as things are: the first that would be claimed. */
function stuck(federation: Federation): Advice[] {
  const next = federation.state().index.ready.next(everyone(federation), mostLookedThrough);
  const ready = next.find((task) => doubtfulOf(federation, task) !== null);
  const doubtful = ready === undefined ? null : doubtfulOf(federation, ready);
  if (ready === undefined || doubtful === null) return [];
  const { task_id, to_agent, type } = ready;
  const give = call('override_task', { task_id, action: 'reassign' });
  switch (doubtful) {
    case 'nobody':
      return [advise`No agent does "${type ?? ''}": ${give}.`];
    case 'not-seen':
      return [advise`${to_agent ?? ''} was not seen: start it, or ${give}.`];
    case 'away':
      return federation.config.agents[to_agent ?? '']?.fallback === undefined
        ? [advise`${to_agent ?? ''} is away: ${give}.`]
        : [];
  }
}
