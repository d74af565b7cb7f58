/** The demo's second half: work that moves by itself, and the ways in which a person stops it. */
import { type Answer, type DemoAgent, listOf, recordOf, textOf } from './demo-agent.ts';

export interface Cast {
  readonly claude: DemoAgent;
  readonly copilot: DemoAgent;
  readonly kimi: DemoAgent;
  /** The operator, as one more MCP client. */
  readonly reuben: DemoAgent;
}

/** Shown in the demo's configuration: polishing a draft that has a file asks for polishing again. */
export const selfFeedingRule = {
  name: 'polish-again',
  when: { type: 'documentation', artifact: true },
  then: { type: 'documentation', to_agent: 'claude', description: 'Polish {artifact} once more' },
};

interface Teller {
  readonly heading: (text: string) => void;
  readonly say: (text: string) => void;
}

export async function tellScheduling(cast: Cast, { heading, say }: Teller): Promise<void> {
  const { claude, kimi, reuben } = cast;
  const byName = new Map<string, DemoAgent>([claude, cast.copilot, kimi].map((agent) => [agent.name, agent]));
  const doerOf = (name: string): DemoAgent => byName.get(name) ?? claude;

  heading('Work that moves by itself');
  const research = idOf(
    await reuben.call('queue_task', {
      description: 'Why does the witness loop when a rig is idle?',
      type: 'research',
      to_agent: 'claude',
      priority: 'critical',
    }),
  );
  let next = await finish(claude, research, 'A minimum patrol time is missing', ['docs/witness-loop.md']);
  say(`claude finishes ${research} with docs/witness-loop.md. A rule queues ${await describe(claude, next)}.`);
  let work = next;
  next = await finish(kimi, work, 'Patrols now take at least 30 s', ['witness/patrol.go']);
  for (const verdict of ['rework', 'accept']) {
    const tester = doerOf(await addresseeOf(claude, next));
    say(`kimi finishes it. A rule queues ${await describe(claude, next)}.`);
    next = await finish(tester, next, 'Tested with an idle rig', ['witness/patrol_test.go']);
    const reviewer = doerOf(await addresseeOf(claude, next));
    say(`${tester.name} finishes that. A rule queues ${await describe(claude, next)}.`);
    await reviewer.call('claim_task', { task_id: next });
    const note = verdict === 'rework' ? 'Make the minimum configurable' : 'Configurable and tested';
    const review = await reviewer.call('review_task', { task_id: work, verdict, note });
    say(`${reviewer.name} reviews the work: ${verdict}. “${note}.”`);
    if (verdict === 'accept') break;
    work = textOf(recordOf(review['rework'])['task_id']);
    say(`The work comes back to kimi as ${work}.`);
    next = await finish(kimi, work, 'The minimum is in the configuration', ['witness/patrol.go']);
  }
  say('Accepted. reuben asked one question and passed nothing on.');

  heading('A rule that feeds itself');
  let polish = idOf(
    await reuben.call('queue_task', {
      description: 'Polish README.md',
      type: 'documentation',
      to_agent: 'claude',
      priority: 'critical',
    }),
  );
  let rounds = 0;
  for (; polish !== ''; rounds++)
    polish = await finish(claude, polish, 'Polished', [`README.md, version ${rounds + 1}`]);
  const items = await reuben.call('list_inbox');
  const [item] = listOf(items['items']).map(recordOf);
  say(`It ran ${rounds} rounds and was stopped. reuben finds one thing in the inbox:`);
  say(`${textOf(item?.['inbox_id'])}: ${textOf(item?.['title'])}`);
  await reuben.call('answer_inbox', { inbox_id: textOf(item?.['inbox_id']), action: 'drop' });
  say('reuben drops what it would have queued next.');

  heading('One switch stops everything');
  const held = idOf(
    await reuben.call('queue_task', {
      description: 'Compare the two mail routers',
      type: 'research',
      to_agent: 'claude',
      priority: 'critical',
    }),
  );
  await claude.call('claim_task', { task_id: held });
  await reuben.call('pause_federation', { reason: 'release day' });
  const refused = recordOf((await kimi.call('claim_task'))['error']);
  say(`reuben pauses. kimi’s next claim is told: ${textOf(refused['code'])}. ${textOf(refused['message'])}`);
  await complete(claude, held, 'The second one, it keeps order', ['docs/routers.md']);
  say('claude may still finish what it holds; what a rule would have queued now is kept.');
  const resumed = await reuben.call('resume_federation', { release: 'all' });
  const released = textOf(listOf(resumed['released'])[0]);
  say(`reuben resumes and releases it: ${await describe(claude, released)}, is queued now.`);
}

/** Claims and completes; gives the follow-up that a rule queued, or ''. */
async function finish(agent: DemoAgent, task_id: string, summary: string, artifacts: string[]): Promise<string> {
  const claimed = await agent.call('claim_task', { task_id });
  if ('error' in claimed) throw new Error(`Expected ${agent.name} to get ${task_id}, got ${JSON.stringify(claimed)}`);
  const { follow_ups } = await complete(agent, task_id, summary, artifacts);
  return textOf(listOf(follow_ups)[0] ?? '');
}

async function complete(agent: DemoAgent, task_id: string, summary: string, artifacts: string[]): Promise<Answer> {
  return await agent.call('complete_task', { task_id, outcome: 'success', summary, artifacts });
}

async function describe(reader: DemoAgent, task_id: string): Promise<string> {
  const { type, to_agent } = recordOf((await reader.call('get_task', { task_id }))['task']);
  return `${task_id}, ${textOf(type)} for ${textOf(to_agent ?? 'anyone')}`;
}

async function addresseeOf(reader: DemoAgent, task_id: string): Promise<string> {
  return textOf(recordOf((await reader.call('get_task', { task_id }))['task'])['to_agent']);
}

function idOf(answer: Answer): string {
  return textOf(recordOf(answer['task'])['task_id']);
}
