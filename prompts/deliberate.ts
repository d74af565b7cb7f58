import type { PromptDefinition } from '../src/define-tool.ts';
import { findVote } from '../src/views/find-vote.ts';

export const deliberate: PromptDefinition = {
  name: 'deliberate',
  title: 'Weigh a vote',
  description: 'How to weigh the options of a vote, and what confidence means, before casting a ballot.',
  arguments: [{ name: 'vote_id', description: 'The vote; default: the ones due', required: false, completes: 'votes' }],
  render: async ({ vote_id }, { federation }) => {
    const vote = vote_id === undefined ? null : await findVote(federation, vote_id);
    return [
      ...(vote === null
        ? ['Call start_session: ballots_due lists the votes that wait for you.']
        : [
            `${vote.vote_id} asks: ${vote.question}`,
            `Options: ${vote.options.map((option) => JSON.stringify(option)).join(', ')}.`,
            ...(vote.context_url === null ? [] : [`Read first: ${vote.context_url}`]),
          ]),
      'Decide before you read or ask what others think; a ballot that follows another adds nothing.',
      '1. Look at the evidence yourself: the code, the files named, a small experiment where one settles it.',
      '2. For each option write down the case for it and what would prove it wrong.',
      '3. Choose. If two are equally good, say so with a low confidence; if you cannot tell, abstain.',
      '4. confidence is how likely your choice is to turn out right: of ten ballots with 0.8, eight should be. It is not how much you want it. It is scored later, and overconfident voters count for less.',
      '5. reasoning: the two or three facts that decided it, so that others can check them.',
      '6. block only if acting on the vote would do harm that cannot be undone; it goes to the operator.',
      'Then call cast_vote once. Tell nobody your choice before the vote closes: not in a note, a file or a commit.',
    ].join('\n');
  },
};
