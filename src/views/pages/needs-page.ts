/** What waits for the operator, and what goes on beside it. */
import { blockedBy } from '../../domain/scheduling/inbox.ts';
import type { TaskId } from '../../domain/tasks/task.ts';
import { minute, type Timestamp, toMillis } from '../../domain/time.ts';
import type { Federation } from '../../federation.ts';
import { inboxView } from '../inbox-view.ts';
import { overviewOf } from '../overview.ts';
import { type TaskRow, taskRow } from '../task-rows.ts';
import { firstWords } from '../task-views.ts';
import { fullVote } from '../vote-views.ts';
import { isAway } from './away.ts';
import type { Need, PageOf } from './page.ts';

const longestHeadline = 160;
const stuckAfter = 15 * minute;
const silentAfter = 3 * minute;

export function needsPage(federation: Federation): PageOf<'needs'> {
  const state = federation.state();
  const overview = overviewOf(federation);
  const { items, total } = inboxView(state);
  const row = (id: TaskId): TaskRow[] => rowsOf(federation, [id]);
  const held = [...state.index.byStatus['in-progress']].flatMap(row).sort((a, b) => (a.since < b.since ? -1 : 1));
  const { agents } = federation.config;
  const recent = [...state.index.finished.entriesReversed()].slice(0, 8).flatMap(([, id]) => row(id));
  return {
    page: 'needs',
    items: items.map((item) => needOf(federation, item)),
    total,
    stuck: [...stuckReady(federation), ...held.filter((task) => isSilent(task, federation.now()))].slice(0, 8),
    at_work: held.slice(0, 8),
    working: held.length,
    ready: state.index.ready.size,
    places: Object.values(agents).reduce((sum, { capacity }) => sum + capacity, 0),
    away: overview.agents.filter(isAway),
    today: overview.recently,
    lately: recent,
    isNew: federation.seq === 0 || (state.tasks.size === 0 && state.archived.size === 0),
  };
}

/** Whoever has just begun may not have been seen yet. */
function isSilent({ holding }: TaskRow, now: Timestamp): boolean {
  return holding?.silent === true && toMillis(now) - toMillis(holding.since) >= silentAfter;
}

/** Ready for a quarter of an hour, and nobody who was seen does it. */
function stuckReady(federation: Federation): TaskRow[] {
  const { index } = federation.state();
  const before = toMillis(federation.now()) - stuckAfter;
  const found: TaskRow[] = [];
  for (const task of index.ready.readySince(before, () => false)) {
    const row = taskRow(federation, task);
    if (row.doubtful !== null) found.push(row);
    if (found.length === 8) break;
  }
  return found;
}

type InboxItems = ReturnType<typeof inboxView>['items'];

export function needOf(federation: Federation, item: InboxItems[number]): Need {
  const state = federation.state();
  const task = item.task_id === undefined ? undefined : state.tasks.get(item.task_id);
  const vote = item.vote_id === undefined ? undefined : state.votes.get(item.vote_id);
  const ended = item.task_id ?? item.vote_id;
  const routing = task?.routing ?? null;
  const { runner_up = null, agent = null, score = 0 } = routing ?? {};
  const candidates = [
    ...(agent === null ? [] : [{ agent, score }]),
    ...(runner_up === null ? [] : [{ agent: runner_up.agent, score: runner_up.score }]),
  ];
  return {
    ...item,
    task: task === undefined ? null : taskRow(federation, task),
    headline: task === undefined ? null : firstWords(task.description.split('\n')[0] ?? '', longestHeadline),
    vote: vote === undefined ? null : fullVote(vote),
    from: task?.lease?.agent ?? task?.result?.by ?? task?.from_agent ?? null,
    candidates: item.kind === 'approval' || item.kind === 'routing' ? candidates : [],
    blocks: ended === undefined ? [] : blockedBy(state, ended).map(({ task_id }) => task_id),
  };
}

function rowsOf(federation: Federation, ids: Iterable<TaskId>): TaskRow[] {
  const { tasks } = federation.state();
  return [...ids].flatMap((id) => {
    const task = tasks.get(id);
    return task === undefined ? [] : [taskRow(federation, task)];
  });
}
