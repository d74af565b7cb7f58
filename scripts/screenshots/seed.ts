/** A day of a small shop's federation, for pictures: work of every state, votes, questions, failures. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { parseArguments } from '../../src/arguments/parse-arguments.ts';
import { openFederation } from '../../src/compose/open-federation.ts';
import { participantKind } from '../../src/domain/participants.ts';
import { hour, minute } from '../../src/domain/time.ts';
import { tools } from '../../tools/index.ts';

const config = {
  seen_within_hours: 48,
  agents: {
    claude: {
      types: ['research', 'architecture', 'documentation', 'review'],
      role: 'Research and review',
      fallback: 'copilot',
    },
    copilot: {
      types: ['implementation', 'refactoring', 'testing'],
      role: 'Work in the editor',
      capacity: 1,
      run: { preset: 'copilot' },
    },
    kimi: { types: ['implementation', 'deployment', 'testing'], role: 'Runs and deploys' },
    codex: { types: ['implementation', 'review'], role: 'Implementation', capacity: 2, run: { preset: 'codex' } },
    ollama: { types: ['summary', 'classification'], role: 'Private data', capacity: 1 },
  },
  checks: { test: { command: ['npm', 'test'], types: ['deployment'], required: true } },
  land: { target: 'main' },
};

const activity = `Reading src/cart/cart.ts
Tool: edit src/cart/pricing.ts (+148 -0)
Tool: edit src/cart/tax.ts (+61 -0)
Tool: edit src/cart/cart.ts (+12 -207)
Running npm test -- cart
  31 passed
Stock is left. Reservations are written in two places; I take the one in checkout.
`;

/** Looks like a commit, and is the same for the same words. */
function commitOf(words: string): string {
  return createHash('sha1').update(words).digest('hex');
}

/** Writes it into `<folder>/.federation`; the day ends now. */
export async function seed(folder: string): Promise<void> {
  const dir = join(folder, '.federation');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'config.json'), JSON.stringify(config));
  const begin = Date.now() - 7 * hour;
  let now = begin;
  const federation = await openFederation({ folder: dir, clock: () => now });
  const call = async (who: string, name: string, args: Readonly<Record<string, unknown>> = {}) => {
    const tool = tools.find((candidate) => candidate.name === name);
    if (tool === undefined) throw new Error(`Expected a tool called ${name}, got none`);
    const kind = participantKind(federation.config, who) ?? 'agent';
    const provenance = { via: kind === 'person' ? ('terminal' as const) : ('stdio' as const) };
    // Without a session a lease has just its time: nobody shows signs of life for it.
    const actor = { name: who, kind, session: null, client: null, provenance };
    await federation.refresh();
    return await tool.handle(parseArguments(tool, args), {
      federation,
      actor: () => actor,
      reader: () => actor,
      signal: new AbortController().signal,
      progress: async () => {},
    });
  };
  const at = (hours: number, minutes = 0): void => {
    now = begin + hours * hour + minutes * minute;
  };
  const queue = async (
    who: string,
    description: string,
    type: string,
    to_agent: string,
    more: object = {},
  ): Promise<string> => {
    const result = await call(who, 'queue_task', { description, type, to_agent, ...more });
    return z.object({ task: z.object({ task_id: z.string() }) }).parse(result).task.task_id;
  };
  /** An attempt's branch, with a commit on it. */
  const branch = async (who: string, task_id: string, ...contains: string[]): Promise<void> => {
    const actor = { name: who, kind: 'agent', session: null, client: null } as const;
    const attempt = federation.state().tasks.get(task_id)?.attempt ?? 1;
    const [base, commit] = [commitOf('main'), commitOf(task_id)];
    const opened = { task_id, attempt, branch: `fed/${task_id}`, base, commit: base, contains };
    await federation.execute('open_worktree', opened, actor);
    await federation.execute('save_work', { task_id, attempt, commit, tree: commitOf(commit), left_out: [] }, actor);
  };
  const work = async (
    who: string,
    task_id: string,
    minutes: number,
    outcome: 'success' | 'failure',
    summary: string,
    {
      contains,
      ...more
    }: {
      readonly contains?: readonly string[];
      readonly artifacts?: readonly string[];
      readonly retryable?: boolean;
    } = {},
  ): Promise<void> => {
    await call(who, 'claim_task', { task_id, lease_minutes: 240 });
    if (contains !== undefined) await branch(who, task_id, ...contains);
    now += minutes * minute;
    await call(who, 'complete_task', { task_id, outcome, summary, ...more });
  };

  await call('reuben', 'switch_scheduling', { on: false });
  for (const agent of Object.keys(config.agents)) await call(agent, 'start_session');
  const research = await queue(
    'reuben',
    'Partial refunds at the gateway: what it does with a repeated key',
    'research',
    'claude',
  );
  const limit = await queue('reuben', 'Rate limit /api/search', 'implementation', 'codex');
  at(0, 6);
  await work('claude', research, 34, 'success', 'The gateway replays by key for 24 h.', {
    artifacts: ['docs/refunds.md'],
  });
  const adr = await queue('claude', 'ADR 14: idempotent payments', 'architecture', 'claude', {
    dependencies: [research],
  });
  await work('claude', adr, 41, 'success', 'A table in Postgres, unique on merchant and key.', {
    artifacts: ['docs/adr-14.md'],
  });
  at(1, 20);
  await work('codex', limit, 52, 'success', 'Token bucket for each client.', {
    artifacts: ['src/search/limit.ts'],
    contains: [],
  });
  const landing = { task_id: limit, target: 'main', merge: commitOf('merge') };
  const reuben = { name: 'reuben', kind: 'person', session: null, client: null } as const;
  await federation.execute('begin_landing', { ...landing, old: commitOf('main') }, reuben);
  await federation.execute('finish_landing', landing, reuben);
  const keys = await queue(
    'claude',
    'Store idempotency keys in Postgres, kept for 24 h\n\nA row for each key and merchant. Deletes in batches.',
    'implementation',
    'kimi',
    { priority: 'high', dependencies: [adr], paths: ['src/payments/**', 'migrations/*'] },
  );
  const replay = await queue(
    'claude',
    'Replay, partial refund and timeout tests for idempotent payments',
    'testing',
    'kimi',
    { priority: 'high', dependencies: [keys] },
  );
  await queue('claude', 'Review idempotent payments against ADR 14', 'review', 'claude', {
    priority: 'high',
    dependencies: [replay],
  });
  at(2, 15);
  await work('kimi', keys, 55, 'failure', 'Migration 0042 fails on the staging data: duplicate keys.');
  const vote = z.object({ vote: z.object({ vote_id: z.string() }) });
  const opened = await call('claude', 'open_vote', {
    question: 'Where do idempotency keys live?',
    options: ['Postgres table', 'Redis'],
    quorum: 2,
    stakes: 'low',
    eligible: ['claude', 'kimi', 'codex'],
  });
  const first = vote.parse(opened).vote.vote_id;
  for (const [agent, confidence] of [
    ['claude', 0.9],
    ['kimi', 0.85],
    ['codex', 0.8],
  ] as const) {
    now += 4 * minute;
    if (federation.state().votes.get(first)?.status !== 'active') break;
    await call(agent, 'cast_vote', {
      vote_id: first,
      choice: 'Postgres table',
      confidence,
      reasoning: 'One store less to run, and the same transaction as the payment.',
    });
  }
  at(3, 30);
  await queue('reuben', 'Split cart.ts into pricing, tax and stock', 'refactoring', 'copilot', {
    paths: ['src/cart/**'],
  });
  const webhooks = await queue('reuben', 'Retry webhooks with backoff, stop after 8', 'implementation', 'codex', {
    max_attempts: 1,
    priority: 'high',
  });
  await queue('claude', 'Document webhook retries for shop owners', 'documentation', 'claude', {
    dependencies: [webhooks],
  });
  at(4, 0);
  const cron = await call('claude', 'open_vote', {
    question: 'Which queue replaces cron for the nightly exports?',
    options: ['pg-boss', 'BullMQ', 'keep cron'],
    eligible: ['claude', 'kimi', 'codex', 'copilot'],
  });
  const second = vote.parse(cron).vote.vote_id;
  await queue('claude', 'Move the nightly exports off cron', 'implementation', 'auto', { dependencies: [second] });
  const ballots = [
    ['claude', 'pg-boss', 0.7, 'One store less to run; exports are 40 jobs a night, far below its limits.'],
    ['codex', 'pg-boss', 0.58, 'Fine for now. Retries and dead letters are there; the dashboard is not.'],
    ['kimi', 'BullMQ', 0.8, 'We run Redis anyway; rate limits per shop are built in.'],
    ['copilot', 'keep cron', 0.45, 'Moving costs a week; only two exports ever failed.'],
  ] as const;
  for (const [agent, choice, confidence, reasoning] of ballots) {
    now += 7 * minute;
    await call(agent, 'cast_vote', { vote_id: second, choice, confidence, reasoning });
  }
  at(5, 5);
  await work(
    'codex',
    webhooks,
    41,
    'failure',
    'FAIL test/webhooks/retry.test.ts > gives up after the eighth try\nAssertionError: expected 9 to be 8\n  at test/webhooks/retry.test.ts:71:29\nTests 1 failed | 412 passed (413)',
    { retryable: false },
  );
  at(5, 48);
  const colours = await queue('reuben', 'Check colours of the shop in the dark', 'implementation', 'codex');
  await work('codex', colours, 2, 'success', 'All above 4.5.', { contains: [] });
  const rollout = await queue('reuben', 'Roll 2.8.0 out to staging', 'deployment', 'kimi');
  await work('kimi', rollout, 8, 'success', 'Staging runs 2.8.0; the smoke test is green.', { contains: [limit] });
  at(5, 50);
  at(6, 0);
  await call('kimi', 'claim_task', { task_id: keys, lease_minutes: 200 });
  await call('reuben', 'report_progress', {
    task_id: keys,
    note: 'Keep the unique index on (merchant, key), not on key alone.',
  });
  at(6, 13);
  await call('kimi', 'report_progress', {
    task_id: keys,
    progress: 0.4,
    question:
      'Should a partial refund reuse the payment’s idempotency key? The gateway sends the payment’s key again; treated as a replay, the refund is dropped.',
  });
  await queue('claude', 'Re-encrypt stored card tokens with key 7', 'implementation', 'codex', {
    priority: 'critical',
    needs_approval: true,
  });
  at(6, 20);
  const mails = await queue('reuben', 'Summarise last week’s support mail, private', 'summary', 'ollama');
  await queue('reuben', 'Label 240 support mails by topic, private', 'classification', 'ollama', { priority: 'low' });
  await queue('reuben', 'Illustration for the empty cart', 'design', 'copilot', {});
  await queue('reuben', 'Changelog for 2.8.0', 'documentation', 'claude');
  await queue('reuben', 'Cache product images at the edge, purge on change', 'implementation', 'codex');
  await call('reuben', 'report_progress', { task_id: keys, note: 'Ask me before you drop the old index.' });
  at(6, 35);
  await call('ollama', 'claim_task', { task_id: mails, lease_minutes: 60 });
  await call('claude', 'open_vote', {
    question: 'Do we drop Node 18 with 2.9?',
    options: ['drop it', 'keep it'],
    eligible: ['claude', 'kimi', 'codex', 'copilot', 'ollama'],
  });
  const third = [...federation.state().votes.values()].at(-1)?.vote_id ?? '';
  await call('kimi', 'cast_vote', {
    vote_id: third,
    choice: 'drop it',
    confidence: 0.8,
    reasoning: 'It has no fixes any more.',
  });
  await call('copilot', 'cast_vote', {
    vote_id: third,
    choice: 'keep it',
    confidence: 0.6,
    reasoning: 'Two shops still run it.',
  });
  at(6, 40);
  await call('claude', 'set_availability', {
    status: 'standby',
    reason: 'rate limit',
    until: new Date(begin + 8 * hour).toISOString(),
  });
  at(7);
  await federation.close();
}

/** A run of copilot on the cart, which goes on until what this gives is called. */
export async function beginRun(folder: string): Promise<() => Promise<void>> {
  const dir = join(folder, '.federation');
  const federation = await openFederation({ folder: dir });
  federation.keepTime();
  const copilot = { name: 'copilot', kind: 'agent', session: 'run-of-copilot', client: null } as const;
  const process = { pid: globalThis.process.pid, started: '1' };
  const begun = { program: 'copilot', settle: 'agent', secret_hash: 'hash', machine: 'here', runner: process } as const;
  const { run } = await federation.execute('begin_run', begun, copilot);
  if (run?.task_id == null) throw new Error('Expected a run of a task, got none');
  const { run_id, task_id } = run;
  federation.attend(copilot);
  await federation.execute('start_run', { run_id, process }, copilot);
  const output = join(dir, 'runs', run_id);
  mkdirSync(output, { recursive: true });
  writeFileSync(join(output, 'activity.log'), activity);
  await federation.execute('report_progress', { task_id, progress: 0.7, note: 'pricing and tax are out' }, copilot);
  return () => federation.close();
}
