/**
 * What to do next, in the words of the command line. Tools say it in theirs,
 * for agents; a person is told which command does the same.
 */
const commands = new Map([
  ['start_session', 'start'],
  ['queue_task', 'queue add'],
  ['queue_plan', 'queue plan'],
  ['claim_task', 'queue claim'],
  ['report_progress', 'queue progress'],
  ['complete_task', 'queue complete'],
  ['release_task', 'queue release'],
  ['review_task', 'queue review'],
  ['list_tasks', 'queue list'],
  ['get_task', 'queue show'],
  ['cancel_task', 'queue cancel'],
  ['set_availability', 'agents set'],
  ['pause_federation', 'pause'],
  ['resume_federation', 'resume'],
  ['route_task', 'route'],
  ['open_vote', 'vote create'],
  ['cast_vote', 'vote cast'],
  ['get_vote', 'vote show'],
  ['list_votes', 'vote list'],
  ['decide_vote', 'vote decide'],
  ['judge_vote', 'vote judge'],
  ['extend_vote', 'vote extend'],
  ['close_vote', 'vote close'],
  ['cancel_vote', 'vote cancel'],
  ['switch_scheduling', 'schedule on'],
  ['record_outcome', 'analytics record'],
  ['get_metrics', 'analytics'],
  ['optimize_routing', 'analytics optimize'],
  ['list_inbox', 'inbox'],
  ['answer_inbox', 'inbox answer'],
]);

/** A tool with its arguments, as tools put it: `claim_task with wait_seconds: 50`. */
const withArguments: readonly (readonly [RegExp, string])[] = [
  [/\bclaim_task( again)? with wait_seconds: (\d+)/g, 'fed queue claim --wait $2$1'],
  [/\bclaim_task( again)? with wait_seconds/g, 'fed queue claim --wait 50$1'],
  [/\bclaim_task with this task_id/g, 'fed queue claim with its id'],
  [/\bclaim_task without task_id/g, 'fed queue claim without an id'],
  [/\bqueue_task(?:,| with) to_agent:?/g, 'fed queue add --to'],
  [/\brelease_task with wait_for: \["?([^"\]]+)"?\]/g, 'fed queue release --wait-for $1'],
  [/\blist_tasks with status/g, 'fed queue list --status'],
  [/\breview_task, verdict/g, 'fed queue review, verdict'],
  [/\boptimize_routing with (apply|revert)\b/g, 'fed analytics optimize --$1'],
  [/\bget_metrics with an agent or a type\b/g, 'fed analytics agent NAME or task-type TYPE'],
  [/\bget_metrics with a type\b/g, 'fed analytics task-type TYPE'],
];

/** Arguments on their own. */
const options = new Map([
  ['to_agent', '--to'],
  ['wait_seconds', '--wait'],
  ['lease_minutes', '--lease'],
  ['extend_minutes', '--extend'],
  ['duration_minutes', '--minutes'],
  ['context_url', '--context-url'],
]);

export function inCommands(next: string): string {
  const phrased = withArguments.reduce((text, [tools, command]) => text.replaceAll(tools, command), next);
  return phrased.replaceAll(/\b[a-z]+(?:_[a-z]+)+\b/g, (word) => {
    const command = commands.get(word);
    return command === undefined ? (options.get(word) ?? word) : `fed ${command}`;
  });
}
