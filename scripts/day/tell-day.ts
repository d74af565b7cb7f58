/** One day of the person who answers for three agents, told by what is typed and what `fed` says. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FedByClock } from './fed-by-clock.ts';

const operator = 'reuben';
/** What an agent is told is only shown where the story is about it. */
type Show = 'all' | 'typed' | 'nothing';

/** Tells the day on an empty folder, a paragraph at a time. @throws Error where a command does not end as it should */
export async function tellDay(folder: string, say: (text: string) => void): Promise<void> {
  const fed = new FedByClock(folder, '2026-03-02T08:00:00Z');

  const run = async (who: string, args: readonly string[], show: Show, expected: number): Promise<string> => {
    const { code, text } = await fed.run(who, who === operator, args);
    const typed = ['fed', ...args.map(quoted)].join(' ');
    if (code !== expected)
      throw new Error(`Expected ${typed} of ${who} to end with ${expected}, got ${code}:\n${text}`);
    const prompt = who === operator ? `$ ${typed}` : `${who} $ ${typed}`;
    if (show !== 'nothing') say(`${show === 'all' ? `${prompt}\n${text.trimEnd()}` : prompt}\n`);
    return text;
  };
  const me = (...args: readonly string[]): Promise<string> => run(operator, args, 'all', 0);
  const meRefused = (...args: readonly string[]): Promise<string> => run(operator, args, 'all', 1);
  const agent = (who: string, ...args: readonly string[]): Promise<string> => run(who, args, 'typed', 0);
  const tell = (text: string): void => say(`\n── ${fed.time} ── ${text}\n`);
  const id = (kind: string, count: number): string => `${kind}-2026-03-02-${String(count).padStart(3, '0')}`;
  const task = (count: number): string => id('task', count);

  tell('The day begins. A folder becomes a federation, and a plan of six tasks goes into its queue.');
  await run(operator, ['init'], 'typed', 0);
  // Follow-ups by rule are another story.
  await run(operator, ['schedule', 'off'], 'nothing', 0);
  await writeFile(join(folder, 'release.json'), JSON.stringify(plan, null, 2));
  await me('queue', 'plan', 'release.json');
  for (const [description, ...options] of more)
    await run(operator, ['queue', 'add', description, ...options], 'typed', 0);
  await me('queue', 'list');

  tell('The agents take what is theirs. An agent says who it is; what it is told is left out here.');
  for (const who of ['claude', 'copilot', 'kimi']) await agent(who, 'queue', 'claim');
  fed.pass(25);
  await agent(
    'claude',
    'queue',
    'complete',
    task(1),
    'LRU is enough; notes in docs/cache.md',
    '--artifact',
    'docs/cache.md',
  );
  await agent('kimi', 'queue', 'complete', task(6), 'It waited for a fixed time; now for the event');
  await me('status');

  tell('A failure: kimi tried and it cannot work here. The item in the inbox says what can be done.');
  await agent('kimi', 'queue', 'claim', task(2));
  fed.pass(10);
  await agent('kimi', 'queue', 'fail', task(2), 'The compiler here is too old', '--no-retry');
  await me('inbox');
  await me('inbox', 'answer', '002', 'reassign', '--to', 'copilot');

  tell('A lapse: copilot’s claim runs out while nothing is heard of it, and the task goes back by itself.');
  fed.pass(40);
  await me('queue', 'show', '007');

  tell('A question: kimi needs a word before it goes on.');
  await run(operator, ['queue', 'reassign', '007', 'kimi'], 'typed', 0);
  await agent('kimi', 'queue', 'claim', task(7));
  await agent(
    'kimi',
    'queue',
    'progress',
    task(7),
    'Two ways are open',
    '--question',
    'May I change the public constructor?',
  );
  await me('inbox', '--kind', 'question');
  await me('inbox', 'answer', '003', 'answer', 'No: keep the constructor');
  tell('A person’s word is read before the work is done: the first attempt to complete it only shows the answer.');
  await run('kimi', ['queue', 'complete', task(7), 'The constructor is public'], 'all', 0);
  await agent('kimi', 'queue', 'complete', task(7), 'The constructor is as it was');

  tell('A tie: the agents vote, and their ballots say neither one nor the other.');
  await me('vote', 'create', 'LRU or ARC?', '-o', 'LRU', '-o', 'ARC', '--eligible', 'claude', '--eligible', 'kimi');
  await agent('claude', 'vote', 'cast', id('vote', 1), 'LRU', 'Simple', '-c', '0.8');
  await agent('kimi', 'vote', 'cast', id('vote', 1), 'ARC', 'Scans do not spoil it', '-c', '0.8');
  await me('vote', 'show', '001');
  await me('vote', 'decide', '001', 'LRU', 'We know how to test it');

  tell('An approval, given to the wrong agent; a change of mind; and back. Nothing has come of it yet.');
  await me('inbox', '--kind', 'approval');
  await me('queue', 'approve', '008');
  await me('queue', 'reassign', '008', 'kimi');
  await me('undo');

  tell('A task is cancelled too early. What depended on it was asked about; undo settles that as well.');
  await me('queue', 'cancel', '003', 'No longer needed');
  await me('inbox');
  await me('undo', '003');
  await me('inbox');

  tell('An override: claude holds a task that is needed elsewhere now, and is told on its next call.');
  await agent('claude', 'queue', 'claim', task(9));
  await me('queue', 'reassign', '009', 'copilot', 'claude is needed for the review');

  tell('The afternoon: the rest gets done; the approval can no longer be undone; one piece of work is sent back.');
  for (const [who, count, summary] of afternoon) {
    await run(who, ['queue', 'claim', task(count)], 'nothing', 0);
    fed.pass(12);
    await agent(who, 'queue', 'complete', task(count), summary);
  }
  await meRefused('undo', '008');
  await me('queue', 'review', '003', 'rework', 'The tests do not cover eviction');
  await run('copilot', ['queue', 'claim', task(11)], 'nothing', 0);
  fed.pass(12);
  await agent('copilot', 'queue', 'complete', task(11), 'Eviction is covered');

  tell('Judging: LRU turned out right. Confidence of the voters is weighed by that from now on.');
  await me('vote', 'judge', '001', 'LRU');

  tell('The evening: how the day went, for people and for a spreadsheet, and the last lines of the log.');
  await me('status');
  await me('analytics', 'export', '--format', 'csv');
  await me('log', '-n', '12');
}

const plan = [
  { key: 'research', description: 'Find out which cache fits', type: 'research', to_agent: 'claude' },
  { key: 'build', description: 'Build the cache', type: 'implementation', to_agent: 'kimi', after: ['research'] },
  { key: 'test', description: 'Test the cache', type: 'testing', to_agent: 'copilot', after: ['build'] },
  { key: 'review', description: 'Review the cache', type: 'architecture', to_agent: 'claude', after: ['test'] },
  { key: 'notes', description: 'Write the release notes', type: 'documentation', to_agent: 'claude', after: ['build'] },
  { key: 'fix', description: 'Fix the flaky test of the parser', type: 'testing', to_agent: 'kimi' },
];

const more: readonly (readonly [string, ...string[]])[] = [
  ['Split the resolver', '--to', 'copilot', '--type', 'refactoring'],
  ['Deploy to staging', '--to', 'claude', '--type', 'deployment', '--needs-approval'],
  ['Update the README', '--to', 'claude', '--type', 'documentation', '--priority', 'low'],
  ['Delete the old cache', '--to', 'kimi', '--type', 'refactoring', '--after', 'task-2026-03-02-002'],
];

const afternoon: readonly (readonly [who: string, task: number, summary: string])[] = [
  ['copilot', 2, 'The cache works'],
  ['copilot', 3, 'Tested'],
  ['copilot', 9, 'README is up to date'],
  ['claude', 4, 'Reviewed'],
  ['claude', 5, 'Notes written'],
  ['claude', 8, 'Deployed'],
  ['kimi', 10, 'Deleted'],
];

function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : JSON.stringify(text);
}
