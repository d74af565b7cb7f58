/** The demo's last part: the router learns who is good at what, and shows what it has learned. */
import { type Answer, type DemoAgent, listOf, recordOf, textOf } from './demo-agent.ts';
import type { Cast } from './demo-scheduling.ts';

interface Teller {
  readonly heading: (text: string) => void;
  readonly say: (text: string) => void;
  /** Prints what `fed` prints. */
  readonly fedText: (...args: string[]) => Promise<void>;
  readonly fedJson: (...args: string[]) => Promise<Answer>;
}

/** Tasks of the backlog that the router gives out, in rounds. */
const rounds = 3;
const perRound = 70;

/**
 * Who is good at what, in this story, by the words of a title. Only tasks whose
 * type says nothing are given out: a type that agents list goes to one of them.
 */
const crafts: readonly (readonly [name: string, words: RegExp])[] = [
  ['claude', /\b(?:doc|readme|design|review|spec|plan|formula|plugin|role|molecule|human|handoff|agent)/i],
  ['copilot', /\b(?:test|refactor|hardcoded|cleanup|internal|package|zfc|remove|rename|lint|flag|command|help)/i],
  ['kimi', /./],
];

export async function tellRouting(cast: Cast, { heading, say, fedText, fedJson }: Teller): Promise<void> {
  const { reuben } = cast;
  const agents = new Map<string, DemoAgent>([cast.claude, cast.copilot, cast.kimi].map((agent) => [agent.name, agent]));

  heading('Work for whoever does it best');
  for (const absent of ['kimi-ide', 'ollama']) await fedJson('agents', 'set', absent, 'offline');
  say('Tasks of the backlog that are addressed to nobody go to the router now. In this story claude is good at plans');
  say(
    'and reviews, copilot at tests and cleaning up, kimi at the rest; nobody says so, the router sees what succeeds.',
  );
  const shares: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const ids = await unaddressed(reuben);
    let right = 0;
    for (const task_id of ids) {
      const { task } = await reuben.call('override_task', { task_id, action: 'reassign', to_agent: 'auto' });
      const chosen = textOf(recordOf(task)['to_agent']);
      const agent = agents.get(chosen);
      if (agent === undefined) throw new Error(`Expected one of the three to be chosen, got ${chosen}`);
      const claimed = recordOf((await agent.call('claim_task', { task_id }))['task']);
      const good = crafts.find(([, words]) => words.test(textOf(claimed['description']).split('\n')[0] ?? ''))?.[0];
      const isRight = good === chosen;
      if (isRight) right += 1;
      await agent.call('complete_task', {
        task_id,
        outcome: isRight ? 'success' : 'failure',
        summary: isRight ? 'Done' : 'Not my craft',
      });
    }
    shares.push(`${Math.round((100 * right) / ids.length)}%`);
  }
  say(`First attempts that succeeded, ${perRound} tasks a round: ${shares.join(' → ')}.`);

  heading('One decision, explained');
  const question = 'Test the mail router: flaky test when two agents claim from one queue';
  say(`fed route "${question}" --explain`);
  await fedText('route', question, '--explain');

  heading('What has come of it');
  say('fed analytics');
  await fedText('analytics');
}

/** Ready, addressed to nobody yet, and of no type. */
async function unaddressed(reader: DemoAgent): Promise<string[]> {
  const ids: string[] = [];
  let cursor: unknown;
  do {
    const page = await reader.call('list_tasks', {
      ready: true,
      limit: 100,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const item of listOf(page['items']).map(recordOf)) {
      if (item['to_agent'] === null && item['type'] === null) ids.push(textOf(item['task_id']));
    }
    cursor = page['next_cursor'];
  } while (cursor !== undefined && ids.length < perRound);
  return ids.slice(0, perRound);
}
