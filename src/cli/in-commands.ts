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

export function inCommands(next: string): string {
  return next.replaceAll(/\b[a-z]+(?:_[a-z]+)+\b/g, (word) => {
    const command = commands.get(word);
    return command === undefined ? word : `fed ${command}`;
  });
}
