/** `fed` with the real tools on a real journal. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { type Run, type RunSettings, runWith } from '../support/run-fed.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fed-commands-'));
  await fed(['init']);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function fed(args: readonly string[], settings: RunSettings = {}): Promise<Run> {
  return runWith(folder, args, settings);
}

async function add(...words: readonly string[]): Promise<string> {
  const { out } = await fed(['queue', 'add', ...words, '--json']);
  return z.object({ task: z.object({ task_id: z.string() }) }).parse(JSON.parse(out)).task.task_id;
}

test('a task goes from the queue to done on the command line alone', async () => {
  const first = await add('Write the parser');
  const second = await add('Review it', '--after', first);
  expect((await fed(['queue', 'claim', first])).out).toContain('in progress');
  expect((await fed(['queue', 'progress', first, 'half', '--progress', '50%'])).code).toBe(0);
  const { code, out } = await fed(['queue', 'complete', first, 'Written', '--artifact', 'src/parser.ts']);
  expect(code).toBe(0);
  expect(out).toContain(`unblocked  ${second}`);
  expect((await fed(['queue', 'show', first])).out).toContain('summary\n  Written');
  expect((await fed(['queue', 'list', '--ready'])).out).toContain('Review it');
});

test('a person cancels without a reason, an agent only with one', async () => {
  const task = await add('Write it');
  const { code, err } = await fed(['queue', 'cancel', task]);
  expect(code).toBe(2);
  expect(err).toContain('An agent must give a reason');
  expect((await fed(['queue', 'cancel', task, '--as', 'reuben'])).code).toBe(0);
  expect((await fed(['queue', 'show', task])).out).toContain('cancelled: no reason given');
});

test('a claim says what follows from it, or why there is nothing', async () => {
  expect((await fed(['queue', 'claim'])).out).toContain(
    'No task: the queue is empty.\nNext: Wait for work with fed queue claim --wait',
  );
  const task = await add('Build it', '--type', 'implementation', '--to', 'kimi');
  const { out } = await fed(['queue', 'claim']);
  expect(out).toContain(task);
  expect(out).toMatch(/\non success\n {2}testing for auto \(test-implementation\)/);
  const waits = await add('Then that', '--to', 'kimi', '--after', task);
  expect((await fed(['queue', 'claim'])).out).toContain(`No task: ${waits} fits but is not ready`);
  expect((await fed(['queue', 'claim'])).out).toContain(`You hold ${task}.`);
});

test('the columns of the rules stand in one order, whichever text is longest', async () => {
  const name = 'a-rule-with-a-name-longer-than-the-rest';
  const rule = {
    name,
    when: { type: 'testing', outcome: 'success' },
    then: { type: 'review', to_agent: 'kimi', description: 'c' },
  };
  await writeFile(join(folder, '.federation/config.json'), JSON.stringify({ scheduling: { rules: [rule] } }));
  for (const command of [['schedule'], ['schedule', 'rules']]) {
    const { out } = await fed(command);
    expect(out).toMatch(/\nRULE +WHEN +THEN\n/);
  }
});

test('what is in the way of a generated file is named', async () => {
  await mkdir(join(folder, 'AGENT_ASSIGNMENTS.md'));
  const { code, err } = await fed(['agents', 'assignments']);
  expect(code).toBe(4);
  expect(err).toMatch(/^fed: Cannot write .*AGENT_ASSIGNMENTS\.md: it is a folder\.\n {2}→ Move it away/);
});

test('what to do next is said in the words of the command line', async () => {
  await add('Write it');
  const { out } = await fed(['queue', 'claim']);
  expect(out).toContain('fed queue complete');
  expect(out).not.toContain('complete_task');
  expect((await fed(['queue', 'claim', '--json'])).out).not.toContain('fed queue');
});

test('a page says once how to get the next one, and its cursor works', async () => {
  for (const name of ['One', 'Two', 'Three']) await add(name);
  const { out } = await fed(['queue', 'list', '-n', '2']);
  const [, cursor = ''] = /^2 of 3 · --limit 100 · --cursor (\S+)\n$/m.exec(out) ?? [];
  expect(out.trimEnd().split('\n')).toHaveLength(4);
  expect((await fed(['queue', 'list', '-n', '2', '--cursor', cursor])).out).toMatch(/ One\n1 of 3\n/);
});

test('a list and a task show who has what and for how long, and what nobody will take', async () => {
  let now = Date.parse('2026-11-28T14:00:00Z');
  const clock = () => now;
  const run = (...args: readonly string[]) => fed(args, { clock });
  await run('queue', 'add', 'Build it', '--type', 'implementation', '--to', 'kimi');
  await run('queue', 'claim');
  const test = ['queue', 'add', 'Test it', '--after', 'task-2026-11-28-001', '--to', 'copilot'];
  await run(...test, '--deadline', '2026-11-28T15:30:00Z');
  await run('queue', 'add', 'Check it', '--type', 'security', '--as', 'reuben');
  now += 9 * 60_000;
  const person = { terminal: { width: 100, colour: false, zone: 'Europe/Berlin' }, clock };
  expect((await fed(['queue', 'list', '--as', 'reuben'], person)).out).toBe(
    `ID         STATUS       TYPE            FOR                WAITS FOR  DEADLINE   AGE    DESCRIPTION
11-28-003  ready        security        nobody does this                         9 min  Check it
11-28-002  waiting                      copilot, not seen  11-28-001  in 81 min  9 min  Test it
11-28-001  in progress  implementation  kimi, 21 min left                        9 min  Build it
3 of 3

Next: No agent does "security"; give it to one with fed queue reassign 11-28-003 AGENT.
`,
  );
  expect((await fed(['queue', 'show', 'task-2026-11-28-001', '--as', 'reuben'], person)).out).toBe(
    `11-28-001 · in progress · implementation                               15:09 CET
Build it

  held by    kimi (fed), attempt 1 of 3, since 15:00, until 15:30
  queued by  kimi, 9 min ago
  blocks     11-28-002

  15:00  kimi  claimed: attempt 1

kimi is at work on it.
`,
  );
  // Into a pipe the same with whole ids and ISO times.
  expect((await fed(['queue', 'list'], { clock })).out).toContain(
    'task-2026-11-28-001  in progress  implementation  kimi, until 2026-11-28T14:30:00.000Z',
  );
});

test('a list is filtered, sorted and cut to the columns asked for', async () => {
  for (const name of ['One', 'Two']) await add(name, '--priority', name === 'One' ? 'high' : 'normal');
  await fed(['queue', 'claim']);
  await fed(['queue', 'cancel', await add('Three'), '--as', 'reuben']);
  const list = async (...args: readonly string[]) => (await fed(['queue', 'list', ...args])).out.trimEnd().split('\n');
  const columns = ['--columns', 'description,status'];
  expect(await list('--status', 'in-progress', '--status', 'cancelled', '--sort', 'oldest', ...columns)).toEqual([
    'DESCRIPTION  STATUS',
    'One          in progress',
    'Three        cancelled',
    '2 of 2',
  ]);
  expect(await list('--older', '1h')).toEqual(['No tasks.']);
  expect((await fed(['queue', 'list', '--older', 'long'])).err).toContain('Expected a span like 30m, 2h, 3d.');
  expect((await fed(['queue', 'list', '--columns', 'id,colour'])).err).toContain('Expected --columns to be one of id,');
  const json = await fed(['queue', 'list', '--json', '--status', 'pending', '--status', 'cancelled']);
  expect(JSON.parse(json.out)).toMatchObject({ total: 2, items: [{ status: 'cancelled' }, { status: 'pending' }] });
});

test('a followed log prints each record once and in order, until it is stopped', async () => {
  await add('Task 1');
  const stopped = new AbortController();
  const adding: Promise<string>[] = [];
  let printed = 0;
  const { code, out } = await fed(['log', '--follow', '--json'], {
    signal: stopped.signal,
    onOutput: () => {
      printed += 1;
      if (printed === 4) stopped.abort();
      else adding.push(add(`Task ${printed + 1}`));
    },
  });
  await Promise.all(adding);
  expect(code).toBe(0);
  const seen = out.trimEnd().split('\n');
  expect(seen.map((line) => z.object({ seq: z.number() }).parse(JSON.parse(line)).seq)).toEqual([1, 2, 3, 4]);
});

test('a log begins empty, and its readable form can be written anew', async () => {
  expect((await fed(['log'])).out).toBe('Nothing has happened yet.\n');
  await add('Write it');
  expect((await fed(['log'])).out).toMatch(/Z {2}kimi {6}queued task-\S+ for anyone: "Write it"\n$/);
  expect((await fed(['log', '--rebuild'])).out).toContain('wrote 1 entry to ');
  expect(await readFile(join(folder, 'FEDERATION_LOG.md'), 'utf8')).toContain('Write it');
});

test('an import says what came over, what was left out and what points nowhere', async () => {
  const issue = { id: 'x-1', title: 'One', created_at: '2026-02-06T10:00:00Z' };
  const lines = [
    { ...issue, dependencies: [{ depends_on_id: 'x-9', type: 'blocks' }] },
    { ...issue, id: 'x-2', issue_type: 'agent' },
  ];
  const input = lines.map((line) => JSON.stringify(line)).join('\n');
  const environment = { FEDERATION_DIR: join(folder, '.federation'), FEDERATION_AGENT: 'reuben' };
  const { code, out } = await fed(['import', '-', '--from', 'beads'], { input, environment });
  expect(code).toBe(0);
  expect(out).toMatch(/^imported +1$/m);
  expect(out).toContain('1  no work: agent: x-2');
  expect(out).toContain('x-1 depends on x-9');
  const again = await fed(['import', '-', '--from', 'beads', '--json'], { input, environment });
  expect(JSON.parse(again.out)).toMatchObject({ imported: 0, skipped: ['x-1'] });
});

test('status, roster and graph are the resources that clients read', async () => {
  const id = await add('Write it');
  expect((await fed(['status'])).out).toMatch(/^ +1 {2}ready /m);
  expect(JSON.parse((await fed(['status', '--json'])).out)).toMatchObject({ operator: 'reuben' });
  expect((await fed(['agents'])).out).toMatch(/^AGENT .*\nclaude /);
  expect((await fed(['queue', 'graph'])).out).toContain(id);
});

test('an agent sets its own availability, and the operator anyone’s', async () => {
  expect((await fed(['agents', 'set', 'kimi', 'busy'])).code).toBe(0);
  expect((await fed(['agents', 'set', 'claude', 'standby'])).code).toBe(1);
  expect((await fed(['agents', 'set', 'claude', 'standby', '--as', 'reuben'])).code).toBe(0);
  expect((await fed(['agents'])).out).toMatch(/claude +standby/);
});

test('the assignments are written below what people wrote, and only when they changed', async () => {
  const file = join(folder, 'AGENT_ASSIGNMENTS.md');
  await writeFile(file, '# Our team\n');
  expect((await fed(['agents', 'assignments'])).out).toContain(`wrote  ${file}`);
  expect(await readFile(file, 'utf8')).toMatch(/^# Our team\n\n<!-- .* -->\nFrom `[^]*```mermaid\nflowchart TD\n/);
  expect(JSON.parse((await fed(['agents', 'assignments', '--json'])).out)).toMatchObject({ file, changed: false });
});

test('the assignments are not written through a link out of the project', async () => {
  const outside = await mkdtemp(join(tmpdir(), 'outside-'));
  onTestFinished(() => rm(outside, { recursive: true, force: true }));
  await symlink(join(outside, 'made'), join(folder, 'AGENT_ASSIGNMENTS.md'));
  const { code, err } = await fed(['agents', 'assignments']);
  expect(code).toBe(1);
  expect(err).toMatch(/AGENT_ASSIGNMENTS\.md leads out of the project, to .*outside-/);
  expect(await readdir(outside)).toEqual([]);
});

test('a damaged journal can be read, with a warning, and refuses changes as corrupt', async () => {
  await add('One');
  await add('Two');
  const file = join(folder, '.federation/journal/000001.jsonl');
  await writeFile(file, (await readFile(file, 'utf8')).replace('One', 'Öne'));
  await rm(join(folder, '.federation/db.json'), { force: true });
  const read = await fed(['queue', 'list']);
  expect(read.code).toBe(0);
  expect(read.err).toContain('fed: read-only: ');
  expect((await fed(['queue', 'add', 'Three'])).code).toBe(3);
});

test('the operator sees the rules, tries them on a past task, and answers the inbox', async () => {
  const reuben = (...args: readonly string[]): Promise<Run> =>
    fed(args, { environment: { FEDERATION_DIR: join(folder, '.federation'), FEDERATION_AGENT: 'reuben' } });
  expect((await fed(['schedule', 'off'])).code).toBe(1);
  expect((await reuben('schedule', 'off')).out).toContain('scheduling  off');
  const { out: rules } = await reuben('schedule', 'rules');
  expect(rules).toContain('review-tested');
  expect(rules).toContain('testing is completed');
  const built = await add('Build it', '--type', 'implementation', '--to', 'kimi');
  await fed(['queue', 'claim', built]);
  expect((await fed(['queue', 'complete', built, 'Built'])).out).not.toContain('follow-ups');
  const { out: tried } = await reuben('schedule', 'test', built);
  expect(tried).toContain('test-implementation');
  expect(tried).toContain('Nothing was changed');
  expect((await reuben('schedule', 'test', 'task-2020-01-01-001')).code).toBe(1);

  expect((await reuben('inbox')).out).toContain('The inbox is empty');
  const risky = await add('Drop the tables', '--needs-approval');
  const { out: inbox } = await reuben('inbox');
  expect(inbox).toContain(`${risky} needs approval`);
  expect(inbox).toContain('actions approve, cancel');
  const [id = ''] = /inbox-[\d-]+/.exec(inbox) ?? [];
  expect((await reuben('inbox', 'answer', id, 'release')).err).toContain('approve, cancel');
  // Only what this item takes is offered, whatever other items do.
  const wrong = await reuben('inbox', 'answer', id, 'frob');
  expect(wrong).toMatchObject({
    code: 2,
    err: expect.stringMatching(/has no action "frob"\.\n.*It takes approve, cancel/),
  });
  expect(wrong.err).not.toMatch(/requeue|decide|dismiss-all/);
  expect((await reuben('inbox', 'answer', id, 'aprove')).err).toContain('Did you mean approve?');
  const { code, out } = await reuben('inbox', 'answer', id, 'cancel', '--note', 'never');
  expect(code).toBe(0);
  expect(out).toContain('The inbox is empty');
  expect((await reuben('inbox', 'answer', id, 'cancel')).err).toContain('already closed');
  expect((await reuben('log')).out).toContain('never');
});

test('a broken configuration leaves the last good one in force, and every command says so', async () => {
  await fed(['status']);
  await writeFile(join(folder, '.federation/config.json'), '{\n  "operator": 7\n}');
  const { code, err } = await fed(['status']);
  expect(code).toBe(0);
  expect(err).toMatch(/fed: configuration: .*config\.json:2: operator:.*using the last good configuration/);
});

test('pausing works on a broken configuration, also where no good one was ever kept', async () => {
  const here = join(folder, '.federation');
  await writeFile(join(here, 'config.json'), '{\n  "operator": 7\n}');
  const reuben = ['--as', 'reuben'];
  expect((await fed(['queue', 'add', 'x', ...reuben])).code).toBe(1);
  const { code, out, err } = await fed(['pause', 'broken', 'it', ...reuben]);
  expect(code).toBe(0);
  expect(out).toContain('broken it');
  expect(err).toMatch(/fed: configuration: .*config\.json:2: operator: .*this command uses the defaults/);
  expect((await fed(['resume', '--release', 'all', ...reuben])).code).toBe(1);
  expect((await fed(['resume', ...reuben])).code).toBe(0);
  // What is not known is not written: the log may be meant to be elsewhere, and the defaults are no good configuration.
  expect((await readdir(folder)).concat(await readdir(here))).not.toContain('FEDERATION_LOG.md');
  expect(await readdir(here)).not.toContain('config.last-good.json');
});
