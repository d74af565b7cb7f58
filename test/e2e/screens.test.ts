/** What an operator reads at the command line: spawned where code and streams are the point, on one federation each. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { fedProgram, makeProject } from '../support/project.ts';
import { type Run, runWith } from '../support/run-fed.ts';

function world() {
  const { folder, dir } = makeProject();
  const environment = (who: string) => ({ FEDERATION_DIR: dir, FEDERATION_AGENT: who });
  return {
    folder,
    /** In this process, as whoever is named; gives the id of what it was about. */
    as: async (who: string, ...args: readonly string[]): Promise<string> => {
      const { code, out, err } = await runWith(folder, args, { environment: environment(who) });
      expect([args, code, err]).toEqual([args, 0, '']);
      return /(?:task|vote)-[\d-]+\d/.exec(out)?.[0] ?? '';
    },
    /** As the operator, in a process of its own. */
    fed: (args: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<Run> =>
      new Promise((resolve) => {
        const env = { ...process.env, ...environment('reuben'), ...more };
        execFile(process.execPath, [fedProgram, ...args], { env }, (error, out, err) =>
          resolve({ code: error === null ? 0 : Number(error.code), out, err }),
        );
      }),
    /** As the operator, in this process. */
    said: async (...args: readonly string[]): Promise<string> =>
      (await runWith(folder, args, { environment: environment('reuben') })).out,
    /** What the operator sees on a terminal of this width, in Berlin. */
    screen: async (width: number, ...args: readonly string[]): Promise<string> => {
      const terminal = { width, colour: false, zone: 'Europe/Berlin' };
      const { code, out, err } = await runWith(folder, args, { environment: environment('reuben'), terminal });
      expect([args, code, err]).toEqual([args, 0, '']);
      return out;
    },
  };
}

const done = (out: unknown) => ({ code: 0, out, err: '' });

test('work says who holds it, until when, why it waits, and what the operator can do', async () => {
  const { as, fed, said, screen } = world();
  await as('kimi', 'start');
  const held = await as('reuben', 'queue', 'add', 'Write the parser', '--to', 'kimi', '--type', 'implementation');
  await as('kimi', 'queue', 'claim');
  expect(await fed(['queue', 'show', held])).toEqual(
    done(expect.stringMatching(/held by +kimi \(fed\), attempt 1 of 3, since \S+Z, until \S+Z\n/)),
  );
  expect(await fed(['queue', 'list'])).toEqual(done(expect.stringMatching(/ in progress .* kimi, until \S+Z /)));
  expect(await fed(['agents', 'kimi'])).toEqual(done(expect.stringMatching(/in hand\n.*\n {2}task-\S+ .*parser/)));
  expect(await screen(80, 'queue', 'show', held)).toMatch(/ CE?S?T\n[^]*held by +kimi .* since \d\d:\d\d, until \d/);

  // Local, as the shell's zone has it; said back as it was understood.
  const late = await fed(['queue', 'add', 'Ship it', '--to', 'ollama', '--deadline', '2030-12-01'], {
    TZ: 'America/New_York',
  });
  expect(late).toEqual(
    done(expect.stringMatching(/deadline +2030-12-02T04:59:00\.000Z\n[^]*It waits: ollama was not/)),
  );
  expect(await screen(80, 'queue', 'add', 'Later', '--not-before', '2h')).toMatch(/not before +.* CE?S?T, in 2 h/);
  expect(await fed(['queue', 'add', 'Never', '--deadline', 'soonish'])).toEqual({
    code: 2,
    out: '',
    err: expect.stringContaining('Expected a time such as 2h, friday, "tomorrow 17:00"'),
  });

  const behind = await as('reuben', 'queue', 'add', 'Test it', '--to', 'kimi', '--after', held);
  expect(await fed(['queue', 'add', 'Delete it all', '--needs-approval'])).toEqual(
    done(expect.stringMatching(/Next: It needs approval first\. fed queue approve task-\S+ approves it\./)),
  );
  await as('kimi', 'queue', 'complete', held, 'Parsed');
  await as('reuben', 'queue', 'review', held, 'accept', 'fine');
  // Not by mistake.
  expect(await fed(['queue', 'review', held, 'rework', 'no'])).toEqual({
    code: 1,
    out: '',
    err: expect.stringMatching(/reuben already gave the verdict accept on [^]*--yes/),
  });
  await as('kimi', 'queue', 'claim');
  await as('kimi', 'queue', 'complete', behind, 'Tested');
  await as('reuben', 'queue', 'review', behind, 'rework', 'three cases are missing');
  expect(await said('queue', 'show', behind)).toMatch(/sent back +by reuben, \S+Z, as task-\S+: three cases/);
  expect((await fed(['queue', 'review', behind, 'accept', 'ok'])).err).toContain('was already sent back');

  const first = await as('reuben', 'queue', 'add', 'First', '--to', 'kimi');
  const second = await as('reuben', 'queue', 'add', 'Second', '--to', 'kimi', '--after', first);
  expect(await said('queue', 'cancel', first, '--reason', 'moot')).toContain(`Next: Now blocked: ${second}.`);
  await as('reuben', 'pause');
  expect(await said('queue', 'add', 'More', '--to', 'kimi')).toMatch(/is paused: [^]*fed resume ends the pause/);
});

test('votes, who is away and what is worth doing next stand where the operator looks', async () => {
  const { as, fed, said, screen } = world();
  const ask = (question: string) =>
    as('reuben', 'vote', 'create', question, '-o', 'LRU', '-o', 'ARC', '--eligible', 'kimi', '--eligible', 'claude');
  const [tie, decided] = [await ask('LRU or ARC?'), await ask('LRU or ARC again?')];
  await ask('Open still?');
  for (const [id, choice] of [[tie, 'ARC'] as const, [decided, 'LRU'] as const]) {
    await as('kimi', 'vote', 'cast', id, 'LRU', 'simpler', '-c', '0.8');
    await as('claude', 'vote', 'cast', id, choice, 'it scans', '-c', '0.8');
  }
  await as('reuben', 'vote', 'decide', decided, 'ARC', 'We know it best', '--yes');
  expect(await said('vote', 'show', decided)).toMatch(
    /first decision +LRU, by agents, .*; overruled\ndecided +ARC, by reuben\nreason +We know it best/,
  );
  const inbox = await fed(['inbox']);
  expect(inbox).toEqual(done(expect.stringContaining(`LRU 50%, ARC 50%; no option leads. See fed vote show ${tie}.`)));
  expect(inbox.out).not.toContain('get_vote');
  expect(await said('vote', 'show', tie)).toMatch(/\nSHARE decides\. Ballots are weighted by /);

  await as('reuben', 'agents', 'set', 'claude', 'standby', '--reason', 'rate limit', '--until', '2h');
  const status = await screen(80, 'status');
  expect(status).toMatch(/claude +standby until .*\d\d:\d\d \(rate limit\); copilot takes its work/);
  expect(status).toMatch(/vote +"Open still\?" +0 of 2 have voted, closes tomorrow/);
  expect(status.trimEnd().split('\n').at(-1)).toBe('Next: 1 in the inbox: fed inbox.');
});

test('a choice says by what it was made, and how sure the router is of whom it did not choose', async () => {
  const { fed } = world();
  expect(await fed(['route', 'Research distributed databases', '--explain'])).toEqual(
    done(
      expect.stringMatching(
        /^claude .* 40% {2}v1\n“research”\n\nscore +0\.40\nrule part +0\.40: research\nML part +none.*\nsamples +0 outcomes\n/,
      ),
    ),
  );
  const forced = await fed(['route', 'Research distributed databases', '--agent', 'kimi']);
  expect(forced).toEqual(
    done(expect.stringMatching(/\nThe router is 0% sure of kimi; best of the others: claude \(40%\)\.\n/)),
  );
});

test('numbers are the same wherever they stand', async () => {
  const { as, fed, said, screen } = world();
  for (const minutes of ['25', '44.6']) {
    await as(
      'reuben',
      'analytics',
      'record',
      '--agent',
      'kimi',
      '--type',
      'testing',
      '--success',
      '--minutes',
      minutes,
      '--yes',
    );
  }
  const id = await as('reuben', 'queue', 'add', 'Twice cancelled', '--to', 'kimi');
  await as('reuben', 'queue', 'cancel', id, '--reason', 'no');
  await as('reuben', 'queue', 'requeue', id);
  await as('reuben', 'queue', 'cancel', id, '--reason', 'no');
  const { attempts, federation } = JSON.parse(await said('analytics', '--json'));
  expect([attempts.count, attempts.mean_minutes, federation.cancelled]).toEqual([2, 35, 1]);
  expect(await screen(80, 'analytics')).toMatch(
    /^Analytics · since .* CE?S?T\n0 tasks done · 1 cancelled · 100% of 2 attempts succeeded · 1 agent · 1 type\n[^]*TOP AGENTS[^\n]*\n +1 +kimi .* 100% of 2 +35 min\n[^]*TARGETS/,
  );
  expect((await fed(['analytics', 'export', '--format', 'csv'])).out).toMatch(/^kimi,testing,2,2,1,.*,35,35,0$/m);
  expect(await said('status')).toContain('1 cancelled');
});

test('at 40 columns nothing is wider, no id and no number is cut, and the board goes into a pipe', async () => {
  const { as, fed, folder, screen } = world();
  const long = 'Research which TLS library 高い優先度の作業をする 🎉 we could use for the new resolver';
  const id = await as('reuben', 'queue', 'add', long, '--type', 'research', '--priority', 'high', '--to', 'claude');
  await as('claude', 'queue', 'claim');
  await as('reuben', 'queue', 'add', 'Deploy it', '--needs-approval', '--deadline', 'friday');
  const vote = await as(
    'claude',
    'vote',
    'create',
    'LRU or ARC?',
    '-o',
    'LRU',
    '-o',
    'ARC',
    '--eligible',
    'kimi',
    '--eligible',
    'claude',
  );
  const pages = [['status'], ['queue', 'list'], ['queue', 'show', id], ['agents'], ['agents', 'claude'], ['watch']];
  for (const page of [...pages, ['vote', 'list'], ['vote', 'show', vote], ['inbox'], ['analytics'], ['log']]) {
    const lines = (await screen(40, ...page)).split('\n').filter((line) => !line.startsWith('Next: '));
    for (const line of lines) expect([page, stringWidth(line) <= 40, line]).toEqual([page, true, line]);
    expect(lines.filter((line) => /\d\d-\d\d(?:-\d*)?…/.test(line))).toEqual([]);
  }
  expect(await screen(40, 'agents')).toContain('holds 1 of 3');

  const board = await fed(['watch'], { TERM: 'dumb' });
  expect(board).toEqual(done(expect.stringMatching(/^IN PROGRESS 1$[^]*^VOTES 1$[^]*^LATEST$/m)));
  expect(board.out).not.toContain('\u001B');
  await as('reuben', 'queue', 'approve', id.replace(/1$/, '2'));
  const log = await readFile(join(folder, 'FEDERATION_LOG.md'), 'utf8');
  expect(log).toMatch(
    /Times are UTC\.[^]*-->\n\n## [\d-]{10}\n\n- 1\.1 [^\n]* queued task-\S+ \(research, high\) for claude/,
  );
  expect(log).toMatch(/inbox-\S+ settled: approved? \(task-\S+: Deploy it\)/);
});
