/**
 * Given to clients that show a server's instructions to the model. Not all do,
 * so each rule stands in the description of its tool as well.
 */
export const instructions = [
  'One task queue shared by several AI agents and a person. Call start_session first: it tells you who you are, what you hold and what is ready.',
  'Before working on something, claim_task; only the holder of a claim may finish it. During long work, report_progress.',
  'When done, complete_task with a summary and the files; outcome "failure" if you tried and it did not work. release_task what is not for you.',
  'A review ends with a verdict: review_task on the work itself, accept or rework.',
  'To hand work over, queue_task for another agent (or for anyone) with what it needs in context; do not ask a person to relay it.',
  'Every answer has "next": what to do now. An error says what to change before you retry.',
].join('\n');
