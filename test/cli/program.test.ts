/**
 * How `fed` understands a command line and exits; `commands.test.ts` runs the
 * real tools.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Act } from '../../src/cli/program.ts';
import { CallerError, StoreError } from '../../src/domain/errors.ts';
import { version } from '../../src/config/version.ts';
import { invalid } from '../../src/domain/tasks/task-fields.ts';
import { type Run, type RunSettings, runWith } from '../support/run-fed.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fed-program-'));
  await mkdir(join(folder, '.federation'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Says what a command line was understood as instead of doing it. */
const understand: Act = async (row, [args, ...more], { host }) =>
  host.out(JSON.stringify({ tool: row.tool, args: more.length === 0 ? args : [args, ...more] }));

/** As a shell takes a line apart. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

function fed(args: readonly string[], settings: RunSettings = {}): Promise<Run> {
  return runWith(folder, args, settings);
}

test.each([
  [
    'queue add Write it --to claude --type docs --priority high --after task-1 --after task-2 --needs-approval --key k',
    'queue_task',
    {
      description: 'Write it',
      to_agent: 'claude',
      type: 'docs',
      priority: 'high',
      dependencies: ['task-1', 'task-2'],
      needs_approval: true,
      idempotency_key: 'k',
    },
  ],
  ['queue add -- --help is a title', 'queue_task', { description: '--help is a title' }],
  ['queue add list', 'queue_task', { description: 'list' }],
  ['queue list --ready --to kimi -n 5', 'list_tasks', { ready: true, to_agent: 'kimi', limit: 5 }],
  ['queue show task-1', 'get_task', { task_id: 'task-1' }],
  [
    'queue claim --types review --types testing --wait 20',
    'claim_task',
    { types: ['review', 'testing'], wait_seconds: 20 },
  ],
  ['queue claim task-1 --lease 45', 'claim_task', { task_id: 'task-1', lease_minutes: 45 }],
  [
    'queue progress task-1 "tests pass" --progress 60%',
    'report_progress',
    { task_id: 'task-1', note: 'tests pass', progress: 0.6 },
  ],
  [
    'queue complete task-1 "All done" --artifact a.md --artifact b.md --minutes 12.5',
    'complete_task',
    {
      task_id: 'task-1',
      outcome: 'success',
      summary: 'All done',
      artifacts: ['a.md', 'b.md'],
      duration_minutes: 12.5,
    },
  ],
  ['queue fail task-1 "No way"', 'complete_task', { task_id: 'task-1', outcome: 'failure', summary: 'No way' }],
  [
    'queue fail task-1 "No way" --no-retry --attempt 2',
    'complete_task',
    { task_id: 'task-1', outcome: 'failure', summary: 'No way', retryable: false, attempt: 2 },
  ],
  [
    'queue release task-1 "Not now" --wait-for task-2 --to claude',
    'release_task',
    { task_id: 'task-1', reason: 'Not now', wait_for: ['task-2'], to_agent: 'claude' },
  ],
  ['queue review task-1 rework "No tests"', 'review_task', { task_id: 'task-1', verdict: 'rework', note: 'No tests' }],
  ['queue approve task-1', 'override_task', { task_id: 'task-1', action: 'approve' }],
  ['queue cancel task-1 "Too late"', 'cancel_task', { task_id: 'task-1', reason: 'Too late' }],
  [
    'queue reassign task-1 claude "Away now"',
    'override_task',
    { task_id: 'task-1', action: 'reassign', to_agent: 'claude', reason: 'Away now' },
  ],
  ['queue requeue task-1', 'override_task', { task_id: 'task-1', action: 'requeue' }],
  [
    'queue cancel task-1 002 11-28-003 "Too late"',
    'cancel_task',
    [
      { task_id: 'task-1', reason: 'Too late' },
      { task_id: '002', reason: 'Too late' },
      { task_id: '11-28-003', reason: 'Too late' },
    ],
  ],
  ['queue cancel task-1 --reason 42', 'cancel_task', { task_id: 'task-1', reason: '42' }],
  ['queue cancel task-1 -- 42 is enough', 'cancel_task', { task_id: 'task-1', reason: '42 is enough' }],
  ['queue add "-1 degrees"', 'queue_task', { description: '-1 degrees' }],
  [
    'queue add Write --to Claude --type Research',
    'queue_task',
    { description: 'Write', to_agent: 'claude', type: 'research' },
  ],
  ['vote close VOTE-1 vote-2', 'close_vote', [{ vote_id: 'vote-1' }, { vote_id: 'vote-2' }]],
  ['agents set kimi standby --reason limit', 'set_availability', { agent: 'kimi', status: 'standby', reason: 'limit' }],
  ['start', 'start_session', {}],
  ['pause freeze', 'pause_federation', { reason: 'freeze' }],
  ['resume --release all', 'resume_federation', { release: 'all' }],
  ['schedule off', 'switch_scheduling', { on: false }],
  ['schedule on', 'switch_scheduling', { on: true }],
  ['inbox', 'list_inbox', {}],
  [
    'inbox answer inbox-1 reassign --to kimi --note why',
    'answer_inbox',
    { inbox_id: 'inbox-1', action: 'reassign', to_agent: 'kimi', note: 'why' },
  ],
])('fed %s calls %s', async (line, tool, args) => {
  const { code, out, err } = await fed(words(line), { act: understand });
  expect(err).toBe('');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({ tool, args });
});

test('a description can come from standard input', async () => {
  const { out } = await fed(['queue', 'add', '-'], { input: 'Long\ntext', act: understand });
  expect(JSON.parse(out)).toMatchObject({ args: { description: 'Long\ntext' } });
});

test('a plan is read from a file or from standard input, bare or as the tool takes it', async () => {
  const plan = [{ key: 'a', description: 'A' }];
  await writeFile(join(folder, 'plan.json'), JSON.stringify(plan));
  const fromFile = await fed(['queue', 'plan', 'plan.json'], { act: understand });
  const fromInput = await fed(['queue', 'plan', '-'], { input: JSON.stringify({ tasks: plan }), act: understand });
  expect(JSON.parse(fromFile.out)).toMatchObject({ args: { tasks: plan } });
  expect(fromInput.out).toBe(fromFile.out);
});

test.each([
  ['quee', "unknown command 'quee'", 'Did you mean queue?'],
  ['queue lst', "unknown command 'lst'", 'Did you mean list?'],
  ['queue list --redy', "unknown option '--redy'", 'Did you mean --ready?'],
  ['schedule of', "unknown command 'of'", 'Commands: on, off, rules, test.'],
  ['inbox anser x', "unknown command 'anser'", 'Did you mean answer?'],
  ['agents assignment', "unknown command 'assignment'", 'Did you mean assignments?'],
  ['pause --reason x', "unknown option '--reason'", '→ fed pause takes [reason...], --hard; see --help.'],
  ['status now', "too many arguments for 'status'", 'fed status takes no arguments'],
  ['queue add', "missing required argument 'description'", 'fed queue add takes <description...>, --to'],
  [
    'queue add x --priority urgent',
    'Expected --priority to be one of low, normal, high, critical',
    'fed queue add again',
  ],
  ['queue add x --priority low --priority high', '--priority takes one value but was given 2', 'Give it once.'],
  ['queue list --limit many', 'Expected --limit to be a number, got "many"', 'fed queue list again'],
  ['queue list --limit 200', 'Expected --limit to be at most 100, got 200', 'fed queue list again'],
  ['vote cast vote-1 a because', 'Expected --confidence to be a number, got nothing', 'fed vote cast again'],
  ['analytics optimize --dry-run --revert', '--dry-run and --revert cannot be combined', 'Use one of them.'],
  [
    'queue cancel task-1 no longer needed',
    'Expected ids and then one text, got "no longer needed"',
    'after --reason, or after --',
  ],
  ['queue progress task-1 task-2', 'Expected ids and then one text, got "task-2"', 'after --note, or after --'],
  ['queue review task-1', 'Missing after the id: verdict', '--help'],
  ['queue cancel task-1 "Moot" --reason "Late"', 'The reason is given twice', 'Give it once'],
  ['queue plan missing.json', 'Cannot read', 'Give a JSON file'],
  ['import missing.jsonl --from beads', 'Cannot read', 'exported file'],
])('fed %s is wrong usage', async (line, message, next) => {
  const { code, out, err } = await fed(words(line));
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(err).toMatch(/^fed: .*\n {2}→ .*\n$/);
  expect(err).toContain(message);
  expect(err).toContain(next);
});

const cycle = new CallerError('cycle', 'Expected no cycle.', 'Leave one out.');

function refuseWith(error: Error): Act {
  return async () => {
    throw error;
  };
}

test.each([
  [cycle, 1, 'fed: Expected no cycle.\n  → Leave one out.\n'],
  [new StoreError('corrupt-store', 'Expected a chain.', 'fed doctor'), 3, 'fed: Expected a chain.\n  → fed doctor\n'],
  [invalid('to_agent', 'expected a name', 'Give one.'), 2, 'fed: --to: expected a name\n  → Give one.\n'],
])('a refusal goes to standard error, and its kind into the exit code (%s: %i)', async (error, code, err) => {
  expect(await fed(['queue', 'add', 'x'], { act: refuseWith(error) })).toEqual({ code, out: '', err });
});

test('with --json a refusal is the error object of the tool', async () => {
  const { code, err } = await fed(['queue', 'add', 'x', '--json'], { act: refuseWith(cycle) });
  expect(code).toBe(1);
  expect(JSON.parse(err)).toEqual({ error: { code: 'cycle', message: 'Expected no cycle.', next: 'Leave one out.' } });
});

test.each([
  ['queue lst', "unknown command 'lst'", 'Did you mean list?'],
  ['queue list --redy', "unknown option '--redy'", 'Did you mean --ready?'],
  ['queue list --limit many', 'Expected --limit to be a number', 'call fed queue list again'],
  ['queue', 'fed queue needs a command', 'Commands: add, plan'],
])('with --json wrong usage is an error object too (fed %s)', async (line, message, next) => {
  const { code, out, err } = await fed(['--json', ...line.split(' ')]);
  expect(code).toBe(2);
  expect(out).toBe('');
  expect(JSON.parse(err)).toEqual({
    error: { code: 'invalid', message: expect.stringContaining(message), next: expect.stringContaining(next) },
  });
});

test('without a federation the store cannot be reached', async () => {
  const { code, err } = await fed(['status'], { environment: { FEDERATION_DIR: 'elsewhere' } });
  expect(code).toBe(4);
  expect(err).toContain('Create one with fed init');
});

test('who does not say who acts may read and not change', async () => {
  const environment = { FEDERATION_DIR: join(folder, '.federation') };
  expect((await fed(['queue', 'list'], { environment })).code).toBe(0);
  const change = await fed(['queue', 'add', 'x'], { environment });
  expect(change.code).toBe(1);
  expect(change.err).toContain('Add --as NAME');
});

test('a name that is nobody’s is refused where it only reads, too', async () => {
  const { code, err } = await fed(['queue', 'list', '--as', 'nobody']);
  expect(code).toBe(1);
  expect(err).toContain('"nobody" is not an agent');
  expect((await fed(['queue', 'list', '--as', 'reuben'])).code).toBe(0);
});

test('init writes a configuration once', async () => {
  const first = await fed(['init', '--json']);
  expect(JSON.parse(first.out)).toMatchObject({ folder: join(folder, '.federation'), kept: [] });
  const second = await fed(['init', '--json']);
  expect(JSON.parse(second.out)).toMatchObject({ written: [] });
});

test('an import can be tried without changing anything', async () => {
  const input = `${JSON.stringify({ id: 'x-1', title: '--help', created_at: '2026-02-06T10:00:00Z' })}\nbroken\n`;
  const { code, out } = await fed(['import', '-', '--dry-run', '--json'], { input });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    system: 'beads',
    tasks: 1,
    new: 1,
    left_out: [{ what: 'not a JSON object', count: 1, about: ['line 2'] }],
  });
});

test('the version is printed', async () => {
  expect(await fed(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
});

test.each([
  'init',
  'status',
  'watch',
  'start',
  'agents',
  'agents set',
  'agents assignments',
  'queue',
  'queue add',
  'queue plan',
  'queue list',
  'queue show',
  'queue graph',
  'queue claim',
  'queue progress',
  'queue complete',
  'queue fail',
  'queue release',
  'queue review',
  'queue approve',
  'queue cancel',
  'queue reassign',
  'queue requeue',
  'pause',
  'resume',
  'log',
  'import',
  'export',
  'doctor',
])('fed %s --help gives examples', async (command) => {
  const { code, out } = await fed([...command.split(' '), '--help']);
  expect(code).toBe(0);
  expect(out).toContain(`Usage: fed ${command} `);
  expect(out).toMatch(/Examples:\n {2}\$ .*fed /);
});
