/** The page at an address of the board, from the state as it is. */
import { basename } from 'node:path';
import type { Actor } from '../../domain/commands.ts';
import { FederationError } from '../../domain/errors.ts';
import { blockedBy } from '../../domain/scheduling/inbox.ts';
import type { FederationState } from '../../domain/federation-state.ts';
import { isOpen } from '../../domain/tasks/readiness.ts';
import { fitOfAll } from '../../domain/tasks/claiming-order.ts';
import { unreadNotes } from '../../domain/tasks/notes.ts';
import type { Task, TaskId } from '../../domain/tasks/task.ts';
import { pairOf } from '../../domain/metrics/metrics.ts';
import { bonusesFor } from '../../domain/routing/bonuses.ts';
import { day, minute, type Timestamp, toMillis } from '../../domain/time.ts';
import type { Federation } from '../../federation.ts';
import { agentMetrics } from '../metrics-of-one.ts';
import { costRows } from '../cost-view.ts';
import { logEntries } from '../event-lines.ts';
import { findTask } from '../find-task.ts';
import { findVote } from '../find-vote.ts';
import { inboxView } from '../inbox-view.ts';
import { landingRow, landingsView } from '../landing-view.ts';
import { dashboardView, type MetricsSource } from '../metrics-view.ts';
import { figuresOf } from '../metrics-figures.ts';
import { nextAbout } from '../next-about.ts';
import { overviewOf, recentTime } from '../overview.ts';
import { agentViews } from '../queue-views.ts';
import { taskInContext } from '../task-in-context.ts';
import { type TaskRow, taskRow } from '../task-rows.ts';
import { firstWords, heldBy } from '../task-views.ts';
import { briefVote, fullVote, votedIn } from '../vote-views.ts';
import type { TimelineReader } from './timeline.ts';
import type {
  AgentRow,
  Calibration,
  ColumnName,
  GraphEdge,
  GraphNode,
  LandingLine,
  LogLine,
  Need,
  Page,
  PageOf,
  PairFigures,
  QueueColumn,
  Shell,
} from './page.ts';

/** Rows of a column in the first answer; the browser fetches the rest. */
const firstRows = 40;
/** Rows of finished tasks that a board ever shows. */
const mostDone = 500;
const mostNodes = 200;
const longestHeadline = 160;
const stuckAfter = 15 * minute;
const silentAfter = 3 * minute;
const mostLogRecords = 1_000;
const mostLogLines = 300;

export function shellOf(federation: Federation, reader: Shell['reader']): Shell {
  const state = federation.state();
  const { config, fault } = federation;
  return {
    name: basename(federation.project.dir),
    operator: config.operator,
    reader,
    now: federation.now(),
    seq: federation.seq,
    paused: state.meta.paused,
    warning: fault === null ? null : { message: fault.message, next: fault.next },
    inbox: state.escalations.size,
    agents: Object.entries(config.agents).map(([name, { types }]) => ({ name, types })),
    checks: Object.keys(config.checks),
  };
}

/** `path` and `query` as the browser shows them. */
export async function pageAt(
  federation: Federation,
  path: string,
  query: URLSearchParams,
  { reader, timelines }: { readonly reader: Actor; readonly timelines: TimelineReader },
): Promise<Page> {
  const [, name = '', id = ''] = path.split('/').map(decoded);
  try {
    switch (name) {
      case '':
        return needsPage(federation);
      case 'queue':
        return queuePage(federation);
      case 'tasks':
        return await taskPage(federation, id, reader);
      case 'timeline': {
        const hours = Math.min(168, Math.max(1, Number(query.get('hours') ?? 24) || 24));
        const away = agentViews(federation).filter(isAway);
        return { page: 'timeline', hours, timeline: await timelines.read(federation, hours), away };
      }
      case 'graph':
        return graphPage(federation.state());
      case 'votes':
        return await votesPage(federation, id);
      case 'landing':
        return landingPage(federation);
      case 'metrics':
        return metricsPage(federation);
      case 'agents':
        return agentsPage(federation);
      case 'log':
        return await logPage(federation, { who: query.get('who') ?? '', text: query.get('text') ?? '' });
      case 'more':
        return { page: 'more' };
      default:
        return { page: 'missing', message: 'There is nothing at this address.' };
    }
  } catch (error) {
    if (!(error instanceof FederationError) || error.code !== 'not-found') throw error;
    return { page: 'missing', message: `${error.message}.` };
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Every row of the queue, for a browser that keeps them. `ids`: only those that changed; null stands for one that is gone. */
export function queueRows(
  federation: Federation,
  ids: readonly string[] | null,
): Readonly<Record<string, TaskRow | null>> {
  const state = federation.state();
  const wanted = ids ?? [...allShown(state, federation.now())];
  const oldest = new Date(toMillis(federation.now()) - recentTime).toISOString();
  return Object.fromEntries(
    wanted.map((id) => {
      const task = state.tasks.get(id);
      const isShown = task !== undefined && (isOpen(task) || (task.finished_at ?? '') >= oldest);
      return [id, isShown ? taskRow(federation, task) : null];
    }),
  );
}

function* allShown(state: FederationState, now: Timestamp): Generator<TaskId> {
  yield* state.index.byStatus.pending;
  yield* state.index.byStatus['in-progress'];
  let count = 0;
  for (const [[at], id] of state.index.finished.entriesReversed()) {
    if (at < toMillis(now) - recentTime || ++count > mostDone) return;
    yield id;
  }
}

function needsPage(federation: Federation): PageOf<'needs'> {
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

function isAway({ status }: { readonly status: string }): boolean {
  return status === 'standby' || status === 'offline';
}

type InboxItems = ReturnType<typeof inboxView>['items'];

function needOf(federation: Federation, item: InboxItems[number]): Need {
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

function queuePage(federation: Federation): PageOf<'queue'> {
  const state = federation.state();
  const { index } = state;
  const { agents, operator, people } = federation.config;
  const everyone = [...Object.keys(agents), operator, ...people, ...index.openByAddressee.keys()];
  const column = (total: number, tasks: readonly Task[]): QueueColumn => ({
    total,
    rows: tasks.map((task) => taskRow(federation, task)),
  });
  const waiting = take(index.byStatus.pending, (id) => {
    const task = state.tasks.get(id);
    return task === undefined || index.isReady(task) ? null : task;
  });
  const inHand = [...index.byStatus['in-progress']].flatMap((id) => state.tasks.get(id) ?? []);
  const checking = inHand.filter(({ reported }) => reported !== null);
  const done: Task[] = [];
  let doneTotal = 0;
  for (const [[at], id] of index.finished.entriesReversed()) {
    if (at < toMillis(federation.now()) - day || doneTotal >= mostDone) break;
    doneTotal += 1;
    const task = done.length < firstRows ? state.tasks.get(id) : undefined;
    if (task !== undefined) done.push(task);
  }
  const columns: Record<ColumnName, QueueColumn> = {
    waiting: column(index.byStatus.pending.size - index.ready.size, waiting),
    ready: column(index.ready.size, index.ready.next(fitOfAll([...new Set(everyone)]), firstRows)),
    in_progress: column(
      inHand.length - checking.length,
      inHand.filter(({ reported }) => reported === null).slice(0, firstRows),
    ),
    checking: column(checking.length, checking.slice(0, firstRows)),
    done: column(doneTotal, done),
  };
  const types = new Set([...Object.values(agents).flatMap((agent) => agent.types), ...state.metrics.types.keys()]);
  return {
    page: 'queue',
    columns,
    asking: [...state.escalations.values()].flatMap(({ kind, task_id }) =>
      kind === 'question' && task_id !== null ? [task_id] : [],
    ),
    types: [...types].filter((type) => type !== '').sort(),
    people: [operator, ...people],
  };
}

function take(ids: Iterable<TaskId>, pick: (id: TaskId) => Task | null): Task[] {
  const found: Task[] = [];
  for (const id of ids) {
    const task = pick(id);
    if (task !== null) found.push(task);
    if (found.length === firstRows) break;
  }
  return found;
}

async function taskPage(federation: Federation, id: string, reader: Actor): Promise<PageOf<'task'>> {
  const task = await findTask(federation, id);
  const state = federation.state();
  const shown = taskInContext(federation, task);
  const named = new Set([
    ...task.dependencies,
    ...task.wait_for,
    ...(shown.waiting_for ?? []),
    ...(shown.blocks ?? []),
    ...(state.dependents.get(task.task_id) ?? []),
    ...[task.rework_of, task.subject, task.caused_by.task_id, shown.sent_back_as ?? null].filter(
      (other) => other !== null,
    ),
  ]);
  return {
    page: 'task',
    task: shown,
    row: taskRow(federation, task),
    needs: inboxView(state)
      .items.filter(({ task_id }) => task_id === task.task_id)
      .map((item) => needOf(federation, item)),
    next: nextAbout(federation, task, reader),
    unread: task.lease === null ? 0 : unreadNotes(task).length,
    landing: landingLine(federation, task),
    related: Object.fromEntries([...named].map((other) => [other, relatedOf(state, other)])),
  };
}

function relatedOf(state: FederationState, id: string): { status: string; text: string } {
  const task = state.tasks.get(id);
  if (task !== undefined) {
    return { status: task.status, text: [task.type, task.lease?.agent ?? task.to_agent].filter(Boolean).join(', ') };
  }
  const vote = state.votes.get(id);
  if (vote !== undefined) return { status: vote.status, text: firstWords(vote.question, 60) };
  return { status: state.archived.get(id)?.status ?? 'unknown', text: 'archived' };
}

function graphPage(state: FederationState): PageOf<'graph'> {
  const { index, tasks, votes } = state;
  const open = [...index.byStatus['in-progress'], ...index.byStatus.pending];
  const linked = open.filter((id) => (tasks.get(id)?.dependencies.length ?? 0) > 0 || state.dependents.has(id));
  const shown = new Set<string>();
  for (const id of [...linked, ...open]) if (shown.size < mostNodes) shown.add(id);
  const edges: GraphEdge[] = [];
  for (const id of [...shown]) {
    const task = tasks.get(id);
    if (task === undefined) continue;
    const waits = new Set(index.waitsFor(task));
    for (const from of new Set([...task.dependencies, ...task.wait_for, ...waits])) {
      const other = tasks.get(from);
      if (other === undefined && !votes.has(from)) continue;
      shown.add(from);
      const isDependency = task.dependencies.includes(from) || task.wait_for.includes(from);
      const hasFailed =
        other?.status === 'failed' || other?.status === 'cancelled' || votes.get(from)?.status === 'cancelled';
      const kind = !waits.has(from) ? 'done' : !isDependency ? 'use' : hasFailed ? 'broken' : 'open';
      edges.push({ from, to: id, kind });
    }
  }
  return {
    page: 'graph',
    nodes: [...shown].map((id) => nodeOf(state, id)),
    edges,
    more: Math.max(0, open.length - mostNodes),
  };
}

function nodeOf({ tasks, votes, index }: FederationState, id: string): GraphNode {
  const vote = votes.get(id);
  if (vote !== undefined) {
    const who = `${votedIn(vote).length} of ${vote.eligible.length}`;
    return {
      id,
      kind: 'vote',
      status: vote.status,
      type: null,
      who,
      text: firstWords(vote.question, 60),
      ready: false,
    };
  }
  const task = tasks.get(id);
  if (task === undefined) throw new Error(`Expected ${id} to be in the graph, got none`);
  const who = task.lease?.agent ?? task.result?.by ?? task.to_agent ?? 'anyone';
  const { status, type, description } = task;
  return { id, kind: 'task', status, type, who, text: firstWords(description, 60), ready: index.isReady(task) };
}

const mostVotes = 50;

async function votesPage(federation: Federation, id: string): Promise<PageOf<'votes'>> {
  const state = federation.state();
  const all = [...state.votes.values()].reverse();
  const chosen =
    id === ''
      ? (all.findLast(({ status }) => status === 'escalated') ?? all[0] ?? null)
      : await findVote(federation, id);
  const brief = (status: readonly string[]) =>
    all
      .filter((vote) => status.includes(vote.status))
      .slice(0, mostVotes)
      .map(briefVote);
  return {
    page: 'votes',
    needing: brief(['escalated']),
    open: brief(['active']),
    over: brief(['decided', 'cancelled']),
    chosen: chosen === null ? null : fullVote(chosen),
    waiting: chosen === null ? [] : [...(state.dependents.get(chosen.vote_id) ?? [])].slice(0, 20),
  };
}

function landingPage(federation: Federation): PageOf<'landing'> {
  const { config } = federation;
  const state = federation.state();
  const lines = landingsView(state, config).flatMap(({ task_id }): LandingLine[] => {
    const task = state.tasks.get(task_id);
    const line = task === undefined ? null : landingLine(federation, task);
    return line === null ? [] : [line];
  });
  const those = (...kinds: readonly LandingLine['is'][]): LandingLine[] => lines.filter(({ is }) => kinds.includes(is));
  return {
    page: 'landing',
    target: config.land.target,
    when: config.land.when,
    landable: those('landable'),
    waits: those('waits'),
    settled: those('landed', 'settled', 'sent-back').toSorted(byLanding),
  };
}

function byLanding({ landed: one }: LandingLine, { landed: other }: LandingLine): number {
  return (other?.at ?? '').localeCompare(one?.at ?? '');
}

function landingLine(federation: Federation, task: Task): LandingLine | null {
  const row = landingRow(federation.state(), federation.config, task);
  if (row === null) return null;
  const { description, type, result, verified, work } = task;
  const landing = work?.landing ?? null;
  return {
    ...row,
    text: firstWords(description, 120),
    type,
    who: result?.by ?? task.reported?.by ?? task.lease?.agent ?? null,
    verified,
    inHand: task.lease !== null,
    landed: landing?.state === 'landed' ? { target: landing.target, at: landing.at, by: landing.by } : null,
  };
}

function sourceOf(federation: Federation): MetricsSource {
  return { state: federation.state(), config: federation.config, now: federation.now() };
}

function pairsOf(federation: Federation): PairFigures[] {
  const state = federation.state();
  return [...state.metrics.pairs.keys()]
    .flatMap((key) => {
      const pair = pairOf(key);
      if (pair === null) return [];
      const bonus = bonusesFor(state, pair.type).get(pair.agent) ?? 0;
      return [{ agent: pair.agent, type: pair.type, ...figuresOf(state.metrics, [key]), bonus }];
    })
    .filter(({ count }) => count > 0)
    .sort((a, b) => a.agent.localeCompare(b.agent) || b.count - a.count);
}

function metricsPage(federation: Federation): PageOf<'metrics'> {
  return {
    page: 'metrics',
    dashboard: dashboardView(sourceOf(federation)),
    pairs: pairsOf(federation),
    calibration: calibrationOf(federation),
    costs: costRows(federation),
  };
}

/** Of all agents together. */
function calibrationOf(federation: Federation): Calibration {
  const source = sourceOf(federation);
  const tenths = new Map<number, { ballots: number; stated: number; observed: number }>();
  let judged = 0;
  for (const name of Object.keys(federation.config.agents)) {
    const { ballots } = agentMetrics(source, name);
    judged += ballots.judged;
    for (const { from, ballots: count, stated, observed } of ballots.stated_against_observed) {
      const sum = tenths.get(from) ?? { ballots: 0, stated: 0, observed: 0 };
      tenths.set(from, {
        ballots: sum.ballots + count,
        stated: sum.stated + stated * count,
        observed: sum.observed + observed * count,
      });
    }
  }
  const points = [...tenths]
    .sort(([a], [b]) => a - b)
    .map(([, { ballots, stated, observed }]) => ({ ballots, stated: stated / ballots, observed: observed / ballots }));
  return { judged, points };
}

function agentsPage(federation: Federation): PageOf<'agents'> {
  const state = federation.state();
  const source = sourceOf(federation);
  const agents = agentViews(federation).map((agent): AgentRow => {
    const { ballots, types: _types, ...metrics } = agentMetrics(source, agent.name);
    return {
      ...agent,
      figures: metrics,
      ballots: { judged: ballots.judged, said: ballots.mean_confidence, right: ballots.accuracy },
      held: heldBy(state, agent.name).map((task) => taskRow(federation, task)),
    };
  });
  const done = new Set(agents.flatMap(({ types }) => types));
  const wanted = new Set(
    [...state.index.byStatus.pending].slice(0, 5_000).flatMap((id) => state.tasks.get(id)?.type ?? []),
  );
  return {
    page: 'agents',
    agents,
    pairs: pairsOf(federation),
    unassigned: [...wanted].filter((type) => !done.has(type)),
  };
}

async function logPage(federation: Federation, filters: PageOf<'log'>['filters']): Promise<PageOf<'log'>> {
  const records = await federation.tail(mostLogRecords);
  const words = filters.text.toLowerCase();
  const entries: LogLine[] = [];
  for (const record of records.toReversed()) {
    const lines = logEntries(record).toReversed();
    const vias = record.commands.flatMap(({ via = null, events }) => events.map(() => via)).reverse();
    for (const [index, entry] of lines.entries()) {
      if (filters.who !== '' && entry.by !== filters.who) continue;
      if (words !== '' && !`${entry.by} ${entry.text}`.toLowerCase().includes(words)) continue;
      entries.push({ ...entry, via: vias[index] ?? null });
    }
    if (entries.length >= mostLogLines) break;
  }
  return { page: 'log', entries: entries.slice(0, mostLogLines), records: federation.seq, filters };
}
