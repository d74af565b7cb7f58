/** The demo's last part: agents that disagree settle it, or leave it to the operator. */
import { listOf, recordOf, textOf } from './demo-agent.ts';
import type { Cast } from './demo-scheduling.ts';

interface Teller {
  readonly heading: (text: string) => void;
  readonly say: (text: string) => void;
}

export async function tellVoting({ claude, copilot, kimi, reuben }: Cast, { heading, say }: Teller): Promise<void> {
  const voters = [claude, copilot, kimi];
  const eligible = voters.map(({ name }) => name);
  const ask = async (question: string, options: readonly string[]): Promise<string> => {
    const { vote } = await claude.call('open_vote', { question, options, eligible, topic: 'architecture' });
    return textOf(recordOf(vote)['vote_id']);
  };

  heading('Three agents disagree');
  const router = await ask('Which router should the dashboard use?', ['app-router', 'pages-router']);
  say(`claude opens ${router}: which router should the dashboard use?`);
  const { task } = await reuben.call('queue_task', {
    description: 'Build the dashboard',
    to_agent: 'kimi',
    priority: 'critical',
    dependencies: [router],
  });
  const build = textOf(recordOf(task)['task_id']);
  const ballots = [
    { choice: 'app-router', confidence: 0.85, reasoning: 'Streaming and nested layouts' },
    { choice: 'app-router', confidence: 0.9, reasoning: 'New code; the examples are written for it' },
    { choice: 'pages-router', confidence: 0.7, reasoning: 'It has run here for two years' },
  ];
  for (const [place, voter] of voters.entries()) {
    const cast = recordOf(await voter.call('cast_vote', { vote_id: router, ...ballots[place] }));
    const shown = recordOf(recordOf(await reuben.call('get_vote', { vote_id: router }))['vote']);
    say(
      shown['sealed'] === true
        ? `${voter.name} votes. What the others and the operator see: ${inWords(shown['voted'])} voted, nothing else.`
        : `${voter.name} votes, and it closes: ${textOf(cast['status'])}, ${textOf(recordOf(cast['result'])['choice'])} with ${sharesOf(cast)}.`,
    );
  }
  const claimed = await kimi.call('claim_task', { task_id: build });
  const [input] = listOf(claimed['inputs']);
  say(`The dashboard waited for it. kimi claims it and is given: ${textOf(recordOf(input)['choice'])}.`);
  await kimi.call('complete_task', { task_id: build, outcome: 'success', summary: 'Built with the app router' });

  heading('A tie');
  const cache = await ask('Two designs for the cache are about as good. Which one?', ['write-through', 'write-behind']);
  await claude.call('cast_vote', { vote_id: cache, choice: 'write-through', confidence: 0.8, reasoning: 'Simpler' });
  await copilot.call('cast_vote', { vote_id: cache, choice: 'write-behind', confidence: 0.8, reasoning: 'Faster' });
  const last = await kimi.call('cast_vote', {
    vote_id: cache,
    choice: 'abstain',
    confidence: 0.5,
    reasoning: 'No numbers for either',
  });
  say(`claude and copilot are equally sure of different things, kimi abstains. ${textOf(last['next'])}`);
  const { items } = await reuben.call('list_inbox');
  const item = (Array.isArray(items) ? items.map(recordOf) : []).find((entry) => entry['vote_id'] === cache);
  say(`reuben's inbox: ${textOf(item?.['title'])}`);
  await reuben.call('answer_inbox', {
    inbox_id: item?.['inbox_id'],
    action: 'decide',
    choice: 'write-through',
    note: 'Losing writes is worse than waiting',
  });
  const settled = recordOf(recordOf(await claude.call('get_vote', { vote_id: cache }))['vote']);
  const result = recordOf(settled['result']);
  say(`reuben decides: ${textOf(result['choice'])}. “${textOf(result['reason'])}.”`);
  await reuben.call('judge_vote', { vote_id: router, right_choice: 'app-router' });
  say('Later reuben says that app-router turned out right: from that the tally learns whose confidence to trust.');
}

function inWords(value: unknown): string {
  return Array.isArray(value) ? value.map(textOf).join(', ') : textOf(value);
}

/** "app-router 71%, pages-router 29%" */
function sharesOf(cast: Readonly<Record<string, unknown>>): string {
  const { options } = recordOf(recordOf(cast['result'])['tally']);
  return (Array.isArray(options) ? options.map(recordOf) : [])
    .map(({ option, in_force }) => `${textOf(option)} ${Math.round(Number(in_force) * 100)}%`)
    .join(', ');
}
