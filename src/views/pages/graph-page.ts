/** What waits for what. */
import type { FederationState } from '../../domain/federation-state.ts';
import { firstWords } from '../task-views.ts';
import { votedIn } from '../vote-views.ts';
import type { GraphEdge, GraphNode, PageOf } from './page.ts';

const mostNodes = 200;

export function graphPage(state: FederationState): PageOf<'graph'> {
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
