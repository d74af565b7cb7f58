/**
 * The story of the README in a few seconds, with real processes: three agents
 * share one queue, one of them is killed, nothing is lost.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify, styleText } from 'node:util';
import { defaultConfig } from '../src/config/schema.ts';
import { tellRouting } from './demo-routing.ts';
import { tellVoting } from './demo-voting.ts';
import { tellWork } from './demo-work.ts';
import { selfFeedingRule, tellScheduling } from './demo-scheduling.ts';
import { type Answer, connect, type DemoAgent, listOf, recordOf, textOf } from './demo-agent.ts';

const root = resolve(import.meta.dirname, '..');
const fed = join(root, 'dist/src/fed.js');
const run = promisify(execFile);
const started = performance.now();
const colour = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;

const project = await mkdtemp(join(tmpdir(), 'federation-demo-'));
const dir = join(project, '.federation');
const agents = new Map<string, DemoAgent>();
/** Tasks worked on before the lights go out; the whole backlog would only take longer. */
const names = ['claude', 'copilot', 'kimi'];
const share = 24;

/** The shipped rules, written out so that one can be added to them. */
const rules = defaultConfig.scheduling.rules;
const work = { priority: 'critical' };
const plan = [
  { ...work, key: 'research', type: 'research', description: 'Find out why mail to a queue is delivered twice' },
  {
    ...work,
    key: 'fix',
    after: ['research'],
    to_agent: 'kimi',
    type: 'implementation',
    description: 'Deliver mail to a queue once',
  },
  {
    ...work,
    key: 'test',
    after: ['fix'],
    to_agent: 'copilot',
    type: 'testing',
    description: 'Test queue delivery under contention',
  },
  {
    ...work,
    key: 'review',
    after: ['test'],
    to_agent: 'claude',
    type: 'review',
    description: 'Review the fix and its tests',
  },
];

try {
  await tellStory();
} finally {
  for (const agent of agents.values()) await agent.close();
  await rm(project, { recursive: true, force: true });
}

async function tellStory(): Promise<void> {
  heading('A real backlog');
  await mkdir(dir);
  // A process counts as gone after 2 s instead of 30, so that nobody has to wait for the story to go on.
  // Chains are cut after 9 tasks, not 12: enough for real work, short enough to watch.
  const scheduling = { rules: [...rules, selfFeedingRule] };
  const config = { leases: { grace_seconds: 2 }, limits: { chain_depth: 9, automatic_per_hour: 500 }, scheduling };
  await writeFile(join(dir, 'config.json'), JSON.stringify(config, null, 2));
  const backlog = join(root, 'test/fixtures/gastown/issues.jsonl');
  const imported = await fedJson('import', backlog, '--from', 'beads', '--reopen');
  say(
    `${textOf(imported['imported'])} tasks that a swarm of coding agents once worked on (gastown, MIT) are queued again.`,
  );
  say(
    `${listOf(imported['dangling']).length} of their dependencies name tasks that are not in the file: each is reported, no task is lost.`,
  );

  heading('Three agents, three processes, one queue');
  const connected = await Promise.all([...names, 'reuben'].map((name) => connect(name, root, dir)));
  for (const agent of connected) agents.set(agent.name, agent);
  for (const name of names) {
    say(`${name} connected, as an MCP client over stdio`);
  }
  const claude = agentNamed('claude');
  const session = await claude.call('start_session');
  say(`start_session tells claude: ${textOf(session['next'])}`);

  const { ids } = await claude.call('queue_plan', { tasks: plan });
  say(
    'claude queues a plan in one call: research → implementation (kimi) → testing (copilot) → review, each waiting for the one before.',
  );

  const first = performance.now();
  await Promise.all(names.map((name) => agentNamed(name).work(share)));
  const elapsed = (performance.now() - first) / 1_000;
  // The review may have become ready when claude had done its share.
  const planned = Object.values(recordOf(ids)).map(textOf);
  while (!planned.every((id) => allDone().some((finished) => finished.id === id))) await claude.work(1);
  const done = allDone();
  const twice = done.length - new Set(done.map(({ id }) => id)).size;
  say(
    `${done.length} tasks claimed and completed at the same time in ${elapsed.toFixed(1)} s; ${twice} claimed by two agents.`,
  );
  const early = done.filter(({ startedBefore }) => startedBefore > 0).length;
  say(
    `${done.filter(({ inputs }) => inputs > 0).length} of them waited for others and were given what those produced; ${early} began too early.`,
  );

  const chain = planned.map((id) => done.find((finished) => finished.id === id));
  say(`The plan went ${chain.map((link) => link?.by ?? '?').join(' → ')} without anyone passing it on.`);

  heading('One of them is killed in the middle of a task');
  const kimi = agentNamed('kimi');
  // Addressed to nobody, so that another agent may take it over.
  const convoy = { description: 'Close a convoy only once', type: 'implementation', priority: 'critical' };
  const queued = taskOf(await agentNamed('reuben').call('queue_task', convoy));
  const held = await kimi.call('claim_task', { task_id: queued.id });
  const task = taskOf(held);
  say(`kimi claims ${task.id} (attempt ${task.attempt}): "${task.description}"`);
  kimi.kill();
  say('kimi’s process gets SIGKILL. No word to anyone.');
  const seen = await claude.call('get_task', { task_id: task.id });
  say(`For now the task is ${statusOf(seen)}: kimi might only be slow.`);
  const back = await waitUntilPending(claude, task.id);
  say(`${back.toFixed(1)} s later it is back in the queue: the processes that live saw kimi’s counter stand still.`);
  const copilot = agentNamed('copilot');
  const again = taskOf(await copilot.call('claim_task', { task_id: task.id }));
  say(`copilot takes it over as attempt ${again.attempt}.`);

  heading('The dead one comes back');
  const revived = await connect('kimi', root, dir);
  agents.set('kimi-again', revived);
  const late = await revived.call('complete_task', {
    task_id: task.id,
    outcome: 'success',
    summary: 'I was done with it, really',
    attempt: task.attempt,
  });
  say(`kimi completes its old attempt and is told: ${textOf(errorOf(late)['code'])}. ${textOf(errorOf(late)['next'])}`);
  await copilot.call('complete_task', {
    task_id: task.id,
    outcome: 'success',
    summary: 'Took it over and finished it',
  });
  say('copilot completes it. Done once.');

  const cast = { claude, copilot, kimi: revived, reuben: agentNamed('reuben') };
  await tellScheduling(cast, { heading, say });
  await tellVoting(cast, { heading, say });
  await tellRouting(cast, backlog, { heading, say, fedText, fedJson });

  await tellWork(root, project, { heading, say, fedJson: fedJsonIn });

  heading('Who did what');
  for (const agent of agents.values()) {
    if (agent.done.length === 0) continue;
    const unblocked = agent.done.reduce((sum, { unblocked: count }) => sum + count, 0);
    say(
      `${agent.name.padEnd(8)} ${String(agent.done.length).padStart(3)} tasks, ${String(unblocked).padStart(2)} others became ready by them   ${bar(agent.done.length)}`,
    );
  }
  for (const { id, unblocked, by } of unblockers(3)) say(`${by} finished ${id}, which let ${unblocked} go on`);
  await fedText('status');
  const log = (await readFile(join(project, 'FEDERATION_LOG.md'), 'utf8')).trimEnd().split('\n');
  heading('FEDERATION_LOG.md, its last lines');
  for (const line of log.slice(-4)) say(line.slice(0, 130));
  say('');
  say(
    `${log.filter((line) => line.startsWith('- ')).length} events, each once. The whole story took ${((performance.now() - started) / 1_000).toFixed(1)} s.`,
  );
}

function allDone(): DemoAgent['done'] {
  return [...agents.values()].flatMap((agent) => agent.done);
}

function unblockers(most: number): { id: string; unblocked: number; by: string }[] {
  return [...agents.values()]
    .flatMap(({ name, done }) => done.map(({ id, unblocked }) => ({ id, unblocked, by: name })))
    .filter(({ unblocked }) => unblocked > 0)
    .sort((a, b) => b.unblocked - a.unblocked)
    .slice(0, most);
}

async function waitUntilPending(agent: DemoAgent, id: string): Promise<number> {
  const from = performance.now();
  while (statusOf(await agent.call('get_task', { task_id: id })) !== 'pending') {
    if (performance.now() - from > 15_000) throw new Error(`Expected ${id} to come back within 15 s, it did not`);
    await sleep(100);
  }
  return (performance.now() - from) / 1_000;
}

async function fedJson(...args: string[]): Promise<Answer> {
  return await fedJsonIn(dir, ...args);
}

async function fedJsonIn(folder: string, ...args: string[]): Promise<Answer> {
  const { stdout } = await run(process.execPath, [fed, ...args, '--as', 'reuben', '--dir', folder, '--json']);
  return recordOf(JSON.parse(stdout));
}

async function fedText(...args: string[]): Promise<void> {
  const { stdout } = await run(process.execPath, [fed, ...args, '--as', 'reuben', '--dir', dir]);
  say('');
  for (const line of stdout.trimEnd().split('\n')) say(line);
}

function agentNamed(name: string): DemoAgent {
  const agent = agents.get(name);
  if (agent === undefined) throw new Error(`Expected an agent called ${name}, got none`);
  return agent;
}

function taskOf(answer: Answer): { id: string; attempt: number; description: string } {
  const task = answer['task'];
  if (typeof task !== 'object' || task === null) throw new Error(`Expected a task, got ${JSON.stringify(answer)}`);
  const { task_id, attempt, description } = recordOf(task);
  return {
    id: textOf(task_id),
    attempt: Number(attempt),
    description: textOf(description).split('\n')[0]?.slice(0, 60) ?? '',
  };
}

function statusOf(answer: Answer): string {
  const task = answer['task'];
  return typeof task === 'object' && task !== null && 'status' in task ? textOf(task.status) : 'unknown';
}

function errorOf(answer: Answer): Answer {
  const error = answer['error'];
  if (typeof error !== 'object' || error === null) throw new Error(`Expected a refusal, got ${JSON.stringify(answer)}`);
  return { ...error };
}

function heading(text: string): void {
  process.stdout.write(`\n${colour ? styleText(['bold', 'cyan'], text) : text}\n`);
}

function say(text: string): void {
  process.stdout.write(`  ${text}\n`);
}

function bar(count: number): string {
  const blocks = '█'.repeat(Math.ceil(count / 2));
  return colour ? styleText('green', blocks) : blocks;
}
