/** Open tasks and what they wait for, as a Mermaid flowchart. */
import type { FederationState } from '../domain/federation-state.ts';
import type { Task } from '../domain/tasks/task.ts';
import { mermaidLabel } from './mermaid.ts';
import { firstWords } from './task-views.ts';

/** Nodes that a reader can still follow, and renderers still draw. */
const mostNodes = 200;

export function graphView(state: FederationState): string {
  const open = [...state.index.byStatus['in-progress'], ...state.index.byStatus.pending];
  const shown = new Map<string, Task>();
  // Linked tasks first: a graph of single dots tells nothing.
  const linked = open.filter((id) => (state.tasks.get(id)?.waiting_for.length ?? 0) > 0 || state.dependents.has(id));
  for (const id of new Set([...linked, ...open])) {
    const task = state.tasks.get(id);
    if (task !== undefined && shown.size < mostNodes) shown.set(id, task);
  }
  const lines = ['flowchart LR'];
  for (const task of shown.values()) lines.push(`  ${node(task)}`);
  for (const task of shown.values()) {
    for (const id of task.dependencies) {
      if (!shown.has(id) && !task.waiting_for.includes(id)) continue;
      lines.push(`  ${id} -->${task.waiting_for.includes(id) ? '' : '|done|'} ${task.task_id}`);
    }
    for (const id of task.wait_for) if (task.waiting_for.includes(id)) lines.push(`  ${id} -.-> ${task.task_id}`);
  }
  if (open.length > shown.size) lines.push(`  more["… ${open.length - shown.size} more open tasks"]`);
  lines.push('  classDef held stroke-width:3px', '  classDef blocked stroke-dasharray:4');
  return `${lines.join('\n')}\n`;
}

function node(task: Task): string {
  const style = task.status === 'in-progress' ? ':::held' : task.waiting_for.length > 0 ? ':::blocked' : '';
  const who = task.lease?.agent ?? task.to_agent ?? 'anyone';
  const label = mermaidLabel(firstWords(task.description, 40));
  return `${task.task_id}["${task.task_id}<br>${label}<br>${who}"]${style}`;
}
