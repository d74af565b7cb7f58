/** The demo's last part: the router learns who is good at what, and shows what it has learned. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Answer, type DemoAgent, listOf, recordOf, textOf } from './demo-agent.ts';
import type { Cast } from './demo-scheduling.ts';

interface Teller {
  readonly heading: (text: string) => void;
  readonly say: (text: string) => void;
  /** Prints what `fed` prints. */
  readonly fedText: (...args: string[]) => Promise<void>;
  readonly fedJson: (...args: string[]) => Promise<Answer>;
}

/** Tasks of the backlog that reuben labels, and as many on which strategies are compared. */
const labelled = 200;
/** Tasks that the router gives out. */
const given = 70;

/**
 * Who is good at what, in this story, by the words of a title. Only tasks whose
 * type says nothing are given out: a type that agents list goes to one of them.
 */
const crafts: readonly (readonly [name: string, words: RegExp])[] = [
  ['claude', /\b(?:doc|readme|design|review|spec|plan|formula|plugin|role|molecule|human|handoff|agent)/i],
  ['copilot', /\b(?:test|refactor|hardcoded|cleanup|internal|package|zfc|remove|rename|lint|flag|command|help)/i],
  ['kimi', /./],
];

export async function tellRouting(
  cast: Cast,
  backlog: string,
  { heading, say, fedText, fedJson }: Teller,
): Promise<void> {
  const { reuben } = cast;
  const agents = new Map<string, DemoAgent>([cast.claude, cast.copilot, cast.kimi].map((agent) => [agent.name, agent]));
  const folder = await mkdtemp(join(tmpdir(), 'federation-labels-'));

  heading('Work for whoever does it best');
  for (const absent of ['kimi-ide', 'ollama']) await fedJson('agents', 'set', absent, 'offline');
  say('In this story claude is good at plans and reviews, copilot at tests and cleaning up, kimi at the rest.');
  const texts = (await readFile(backlog, 'utf8')).trimEnd().split('\n').flatMap(untypedText);
  const taught = texts.filter((_, n) => n % 2 === 1).slice(0, labelled);
  const asked = texts.filter((_, n) => n % 2 === 0).slice(0, labelled);
  const [lessons, questions] = [join(folder, 'lessons.jsonl'), join(folder, 'questions.jsonl')];
  await writeFile(lessons, taught.map(labelledRow).join('\n'));
  await writeFile(questions, asked.map(labelledRow).join('\n'));
  const { taught: count } = await fedJson('route', 'train', lessons);
  say(
    `reuben says of ${textOf(count)} old tasks whose they were (fed route train), and compares on ${asked.length} others:`,
  );
  await fedText('route', 'evaluate', questions);
  await rm(folder, { recursive: true });

  const known = new Set(taught.map(titleOf));
  const ids = await unaddressed(reuben, known);
  let right = 0;
  for (const task_id of ids) {
    const { task } = await reuben.call('override_task', { task_id, action: 'reassign', to_agent: 'auto' });
    const chosen = textOf(recordOf(task)['to_agent']);
    const agent = agents.get(chosen);
    if (agent === undefined) throw new Error(`Expected one of the three to be chosen, got ${chosen}`);
    const claimed = recordOf((await agent.call('claim_task', { task_id }))['task']);
    const isRight = whose(textOf(claimed['description'])) === chosen;
    if (isRight) right += 1;
    const [outcome, summary] = isRight ? ['success', 'Done'] : ['failure', 'Not my craft'];
    await agent.call('complete_task', { task_id, outcome, summary });
  }
  say('');
  say(
    `${ids.length} tasks of the backlog that were addressed to nobody go to the router: ${right} succeed at the first attempt.`,
  );
  say('Each outcome teaches it, whichever process it came from.');

  heading('One decision, explained');
  const question = 'Remove the hardcoded package names and rename the test helpers';
  say(`fed route "${question}" --explain`);
  await fedText('route', question, '--explain');

  heading('What has come of it');
  say('fed analytics');
  await fedText('analytics');
}

function whose(text: string): string {
  return crafts.find(([, words]) => words.test(titleOf(text)))?.[0] ?? 'kimi';
}

function titleOf(text: string): string {
  return text.split('\n')[0] ?? '';
}

function labelledRow(text: string): string {
  return JSON.stringify({ text, label: whose(text) });
}

/** What the import makes of an issue whose kind says nothing of who can do it; none where it says something. */
function untypedText(line: string): string[] {
  const issue = recordOf(JSON.parse(line));
  const { issue_type = 'task', title, description = '' } = issue;
  return issue_type === 'task' || issue_type === 'chore' ? [`${textOf(title)}\n\n${textOf(description)}`] : [];
}

/** Ready, addressed to nobody yet, of no type, and not among those that were taught. */
async function unaddressed(reader: DemoAgent, known: ReadonlySet<string>): Promise<string[]> {
  const ids: string[] = [];
  let cursor: unknown;
  do {
    const page = await reader.call('list_tasks', {
      ready: true,
      limit: 100,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const item of listOf(page['items']).map(recordOf)) {
      const { task_id, to_agent, type, description } = item;
      if (to_agent === null && type === null && !known.has(titleOf(textOf(description)))) ids.push(textOf(task_id));
    }
    cursor = page['next_cursor'];
  } while (cursor !== undefined && ids.length < given);
  return ids.slice(0, given);
}
