/** The board in a real browser, over a real federation that other processes change. */
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import axe from 'axe-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { seed } from '../../scripts/screenshots/seed.ts';
import { openFederation } from '../../src/compose/open-federation.ts';
import { browserProgram, launchBrowser } from '../support/browser.ts';
import { startServer, type TestServer } from '../support/http-server.ts';
import { clientsUnderTest, type McpClient } from '../support/mcp-clients.ts';
import { runWith } from '../support/run-fed.ts';

const paths = [
  '/',
  '/queue',
  '/queue?add=1',
  '/timeline',
  '/graph',
  '/votes',
  '/landing',
  '/metrics',
  '/agents',
  '/log',
  '/more',
];
const patience = { timeout: 15_000 };

describe.runIf(browserProgram !== null)('the board', () => {
  let browser: Browser;
  let server: TestServer;
  let kimi: McpClient;
  let operator: BrowserContext;
  const ends: (() => Promise<void> | void)[] = [];

  beforeAll(async () => {
    server = await startServer(null, (end) => ends.unshift(end), seed);
    browser = await launchBrowser();
    ends.unshift(() => browser.close());
    // Another process, which changes things over stdio.
    const [client] = clientsUnderTest;
    if (client === undefined) throw new Error('Expected a client, got none');
    kimi = await client.connect(server.server('kimi'));
    ends.unshift(() => kimi.close());
    operator = await signedIn(await server.token('reuben'));
  });
  afterAll(async () => {
    for (const end of ends) await end();
  });

  /** Everything a page asks for, and everything it complains about, is looked at in the end. */
  const elsewhere: string[] = [];
  const complaints: string[] = [];

  async function signedIn(token: string): Promise<BrowserContext> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
    context.setDefaultTimeout(patience.timeout);
    const page = await open(context, '/sign-in');
    await page.fill('input[name=token]', token);
    await page.click('button[type=submit]');
    await page.waitForURL(`${server.url}/`);
    await page.close();
    return context;
  }

  async function open(context: BrowserContext, path: string): Promise<Page> {
    const page = await context.newPage();
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url)) elsewhere.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`${path}: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(`${path}: ${error.message}`));
    await page.goto(`${server.url}${path}`);
    return page;
  }

  const queued = async (description: string, more: object = {}): Promise<string> => {
    const { structured } = await kimi.callTool('queue_task', { description, ...more });
    return z.object({ task_id: z.string() }).parse(structured['task']).task_id;
  };
  const taskOf = async (task_id: string) => (await kimi.callTool('get_task', { task_id })).structured['task'];

  it('lets nobody in who has no token of a person', async () => {
    const context = await browser.newContext();
    const page = await open(context, '/queue');
    expect(new URL(page.url()).pathname).toBe('/sign-in');
    for (const [token, message] of [
      ['fed_wrong', 'unknown, expired or revoked'],
      [await server.token('kimi'), 'The board is for people'],
    ] as const) {
      await page.fill('input[name=token]', token);
      await page.click('button[type=submit]');
      await page.getByText(message).waitFor();
    }
    expect(await context.cookies()).toEqual([]);
    complaints.length = 0;
    await context.close();
  });

  it('signs in by the file that fed serve --open writes, once', async () => {
    const { out } = await runWith(server.folder, ['serve', '--open', '--json', '--as', 'reuben']);
    const { file } = z.object({ file: z.string() }).parse(JSON.parse(out));
    expect(out).not.toMatch(/fedc_/);
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`file://${file}`);
    await page.waitForURL(`${server.url}/`);
    await page.locator('h1').waitFor();
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/' });
    await page.goto(`file://${file}`);
    await page.getByText('This code was used already').waitFor();
    await context.close();
  });

  it('shows what another process does, within a moment and without being asked', async () => {
    const page = await open(operator, '/queue');
    await page.locator('.live', { hasText: 'Live' }).waitFor();
    await queued('Sort search results by stock', { to_agent: 'kimi' });
    await page.getByText('Sort search results by stock').waitFor();
    await page.close();
  });

  it('adds a task with the router’s advice', async () => {
    const page = await open(operator, '/queue');
    await page.getByRole('button', { name: 'Add task' }).first().click();
    await page.getByLabel('What is to be done').fill('Send the refund confirmation in the customer’s language');
    await page.locator('label', { hasText: /^For/ }).locator('select').selectOption('kimi');
    // Whoever types is not disturbed by what others do.
    await page.getByLabel('Files it will change').fill('src/mail');
    await queued('Meanwhile, by somebody else', { to_agent: 'ollama' });
    await page.getByText('Meanwhile, by somebody else').waitFor();
    await page.keyboard.type('/**');
    expect(await page.getByLabel('Files it will change').inputValue()).toBe('src/mail/**');
    await page.getByText(/The router would choose|Nobody who may do it/).waitFor();
    await page.keyboard.press('Control+Enter');
    const { structured } = await expect
      .poll(() => kimi.callTool('list_tasks', { text: 'refund confirmation', detail: 'full' }), patience)
      .toMatchObject({ structured: { total: 1 } })
      .then(() => kimi.callTool('list_tasks', { text: 'refund confirmation', detail: 'full' }));
    expect(structured).toMatchObject({ items: [{ from_agent: 'reuben', to_agent: 'kimi' }] });
    // It is the operator's own word, not something from elsewhere that would have to be approved first.
    const records = readFileSync(`${server.dir}/journal/000001.jsonl`, 'utf8').split('\n');
    const [record = ''] = records.filter((line) => line.includes('Send the refund confirmation'));
    expect(record).toContain('"via":"http"');
    expect(record).not.toContain('"origin":"http"');
    await page.close();
  });

  it('answers an agent’s question, in its own words', async () => {
    const task_id = await queued('Translate the mails', { to_agent: 'kimi' });
    await kimi.callTool('claim_task', { task_id });
    await kimi.callTool('report_progress', { task_id, question: 'Which languages first?' });
    const page = await open(operator, '/');
    const item = page.locator('.item', { hasText: 'Which languages first?' });
    await item.getByRole('textbox').fill('French and Dutch');
    await item.getByRole('button', { name: 'Send answer' }).click();
    await item.waitFor({ state: 'detached' });
    const { structured } = await kimi.callTool('report_progress', { task_id, progress: 0.5 });
    expect(structured).toMatchObject({ notes: [{ by: 'reuben', text: 'French and Dutch' }] });
    await kimi.callTool('complete_task', { task_id, outcome: 'success', summary: 'translated' });
    await page.close();
  });

  it('decides a vote, pauses and resumes, each asked for where it should be', async () => {
    const page = await open(operator, '/votes');
    await page.getByRole('button', { name: 'pg-boss…' }).click();
    await page.getByPlaceholder('Why').fill('One store less');
    await page.getByRole('button', { name: 'Decide pg-boss' }).click();
    await page.getByText('Decided:').waitFor();

    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    await page.getByPlaceholder('Why (others read it)').last().fill('2.8.0 goes out');
    await page.locator('.band').getByRole('button', { name: 'Pause' }).click();
    await page.getByText('“2.8.0 goes out”').waitFor();
    expect((await kimi.callTool('claim_task')).error).toMatchObject({ code: 'paused' });
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.locator('.state', { hasText: 'Running' }).waitFor();
    await page.close();
  });

  it('changes a task that nobody has claimed, and says what is wrong with a change', async () => {
    const before = await queued('Measure the search', { to_agent: 'codex' });
    const task_id = await queued('Speed the search up', { to_agent: 'codex' });
    const page = await open(operator, `/tasks/${task_id}`);
    await page.getByRole('button', { name: 'Edit…' }).click();
    await page.getByLabel('After (ids)').fill(before);
    await page.getByText('Times, checks, things in use').click();
    await page.getByLabel('Not before').fill('2030-01-02T09:00');
    await page.getByLabel('Deadline').fill('2030-01-01T09:00');
    await page.getByRole('checkbox', { name: 'test' }).check();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('expected a time before the deadline').waitFor();
    await page.getByLabel('Deadline').fill('2030-01-03T09:00');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.locator('.deed', { hasText: 'Changed.' }).waitFor();
    expect(await taskOf(task_id)).toMatchObject({
      dependencies: [before],
      not_before: expect.stringMatching(/^2030-01-02T/),
      deadline: expect.stringMatching(/^2030-01-03T/),
      checks: ['test'],
    });
    await page.locator('.rail').getByText('Deadline').waitFor();
    await page.getByRole('button', { name: 'Edit…' }).click();
    await page.getByLabel('Deadline').fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => taskOf(task_id), patience).not.toHaveProperty('deadline');
    complaints.length = 0;
    await page.close();
  });

  it('asks before what cannot be undone', async () => {
    const task_id = await queued('Delete old carts', { to_agent: 'codex' });
    const page = await open(operator, `/tasks/${task_id}`);
    await page.getByRole('button', { name: 'Complete…' }).click();
    await page.getByText('This cannot be undone.').waitFor();
    await page.getByRole('button', { name: 'Keep it' }).click();
    expect(await taskOf(task_id)).toMatchObject({ status: 'pending' });
    await page.getByRole('button', { name: 'Complete…' }).click();
    await page.getByRole('button', { name: 'Complete', exact: true }).click();
    await expect.poll(() => taskOf(task_id), patience).toMatchObject({ status: 'completed' });
    await page.close();
  });

  it('does what can be undone at once, and takes it back for ten seconds, where it was done', async () => {
    const task_id = await queued('Archive old carts', { to_agent: 'codex', needs_approval: true });
    const page = await open(operator, '/');
    await page.locator('.live', { hasText: 'Live' }).waitFor();
    const item = page.locator('.item', { hasText: 'Archive old carts' });
    await item.focus();
    await page.keyboard.press('a');
    const line = page.locator('.settled', { hasText: 'Archive old carts' });
    await line.getByText('approved').waitFor();
    await expect.poll(() => taskOf(task_id), patience).toMatchObject({ approved_by: 'reuben' });
    await line.focus();
    await page.keyboard.press('u');
    await item.waitFor();
    expect(await taskOf(task_id)).not.toHaveProperty('approved_by');

    await page.clock.install();
    await page.goto(`${server.url}/tasks/${task_id}`);
    await page.locator('.menu').getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Undone.').waitFor();
    expect(await taskOf(task_id)).toMatchObject({ status: 'pending' });
    await page.locator('.menu').getByRole('button', { name: 'Cancel', exact: true }).click();
    await page.getByRole('button', { name: 'Undo' }).waitFor();
    await page.clock.fastForward(10_500);
    await page.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' });
    expect(await taskOf(task_id)).toMatchObject({ status: 'cancelled' });
    await page.close();
  });

  it('gives a task that is dragged another priority', async () => {
    const task_id = await queued('Drag me up', { to_agent: 'ollama' });
    const page = await open(operator, '/queue?text=Drag');
    await page.locator('.live', { hasText: 'Live' }).waitFor();
    const row = page.locator('.row', { hasText: 'Drag me up' });
    const box = await row.boundingBox();
    if (box === null) throw new Error('Expected the row to be seen');
    await page.mouse.move(box.x + 100, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 120, box.y + 60, { steps: 5 });
    await page.locator('.dropbar .drop', { hasText: 'critical' }).hover();
    await page.mouse.up();
    await page.locator('.deed').getByText('critical').waitFor();
    expect(await taskOf(task_id)).toMatchObject({ priority: 'critical' });
    await page.close();
  });

  it('shows what a run says while it runs, as text, until it ends or is stopped', async () => {
    const federation = await openFederation({ folder: server.dir });
    const session = { name: 'codex', kind: 'agent', session: 'run-of-a-test', client: null } as const;
    const task_id = await queued('Run me', { to_agent: 'codex', priority: 'critical' });
    await federation.refresh();
    const { run } = await federation.execute(
      'begin_run',
      { program: 'codex', settle: 'agent', secret_hash: 'hash', machine: 'test', runner: { pid: 1, started: '1' } },
      session,
    );
    expect(run?.task_id).toBe(task_id);
    const { run_id = '' } = run ?? {};
    const log = join(server.dir, 'runs', run_id, 'activity.log');
    mkdirSync(dirname(log), { recursive: true });
    writeFileSync(log, 'Reading cart.ts\n');
    await federation.execute('start_run', { run_id, process: { pid: process.pid, started: '1' } }, session);
    const page = await open(operator, `/tasks/${task_id}`);
    const output = page.getByLabel(`Output of ${run_id}`);
    await output.getByText('Reading cart.ts').waitFor();
    appendFileSync(log, '<img src=x onerror="window.pwned=1"> \u202Egnp\n');
    await output.getByText('<img src=x').waitFor();
    expect(await page.evaluate('window.pwned')).toBeUndefined();
    expect(await output.textContent()).toContain('\\u202e');
    expect(await faultsOf(page, 'a run')).toEqual([]);
    await page.getByRole('button', { name: 'Stop this run' }).click();
    await expect
      .poll(() => federation.refresh().then(() => federation.state().runs.get(run_id)?.stop), patience)
      .not.toBe(null);
    const exit = { code: null, signal: 'SIGTERM' };
    const over = {
      run_id,
      end: 'stopped',
      exit,
      trouble: null,
      conversation: null,
      usage: null,
      last_words: '',
    } as const;
    await federation.execute('end_run', over, session);
    await federation.execute('settle_run', { run_id }, session);
    await page.locator('summary', { hasText: /^Output$/ }).waitFor();
    await federation.close();
    await page.close();
  });

  it('shows script and markup of an agent as text, everywhere', async () => {
    const bad = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script></script>&lt;b&gt; \u202Etxt.exe';
    const task_id = await queued(bad, { to_agent: 'kimi', context: { note: bad } });
    await kimi.callTool('claim_task', { task_id });
    await kimi.callTool('report_progress', { task_id, note: bad, question: bad });
    await kimi.callTool('open_vote', { question: bad, options: [bad, 'no'] });
    for (const path of ['/', '/queue', `/tasks/${task_id}`, '/graph', '/votes', '/timeline', '/log']) {
      const page = await open(operator, path);
      await page.locator('.live', { hasText: 'Live' }).waitFor();
      if (path !== '/timeline') await page.getByText('<img src=x').first().waitFor({ state: 'attached' });
      expect(await page.evaluate('window.pwned'), path).toBeUndefined();
      expect(await page.locator('main img, main script, main b:text-is("<b>")').count(), path).toBe(0);
      expect(await page.content()).not.toContain('\u202E');
      await page.close();
    }
  });

  it('has no serious fault of access on any page, light and dark, on a desk and on a phone', async () => {
    const page = await open(operator, '/');
    const task_id = await queued('Look at me', { to_agent: 'kimi' });
    const found: string[] = [];
    for (const path of [...paths, `/tasks/${task_id}`, '/sign-in']) {
      await page.goto(`${server.url}${path}`);
      if (path !== '/sign-in') await page.locator('.live', { hasText: 'Live' }).waitFor();
      if (path.startsWith('/tasks/')) await page.getByRole('button', { name: 'Edit…' }).click();
      found.push(...(await faultsOf(page, path)));
    }
    expect(found).toEqual([]);
    await page.close();
  });

  it('greets the operator of a new federation with the form of the first task', async () => {
    const ends: (() => Promise<void> | void)[] = [];
    const fresh = await startServer({}, (end) => ends.unshift(end));
    const context = await browser.newContext({ reducedMotion: 'reduce' });
    const page = await context.newPage();
    await page.goto(`${fresh.url}/sign-in`);
    await page.fill('input[name=token]', await fresh.token('reuben'));
    await page.click('button[type=submit]');
    await page.getByText('Nothing has been queued yet.').waitFor();
    expect(await faultsOf(page, 'new')).toEqual([]);
    await page.getByLabel('What is to be done').fill('Write the release notes');
    await page.locator('[data-send]:not(:disabled)').click();
    await page.getByText('Last 24 hours').waitFor();
    await context.close();
    for (const end of ends) await end();
  });

  it('fits a phone, a small laptop and a desk: no page scrolls sideways', async () => {
    const page = await open(operator, '/');
    for (const [width, height] of [
      [390, 844],
      [1024, 768],
      [1280, 800],
    ] as const) {
      await page.setViewportSize({ width, height });
      for (const path of paths) {
        await page.goto(`${server.url}${path}`);
        const needed = z.number().parse(await page.evaluate('document.documentElement.scrollWidth'));
        expect([path, width, needed]).toEqual([path, width, width]);
      }
    }
    await page.close();
  });

  it('is usable by keys alone', async () => {
    const page = await open(operator, '/');
    await page.locator('.live', { hasText: 'Live' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('q');
    await page.locator('.filters').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('Changelog');
    await expect.poll(() => page.locator('.row').count(), patience).toBe(1);
    await expect.poll(() => page.url(), patience).toContain('text=Changelog');
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/tasks\//);
    await page.locator('.task').waitFor();
    // The letter that opens a field is not typed into it, and Escape closes it before it goes back.
    await page.keyboard.press('Shift+P');
    await page.locator('.band.ask input:focus').waitFor();
    expect(await page.locator('.band.ask input').inputValue()).toBe('');
    await page.keyboard.press('Escape');
    await page.locator('.band.ask').waitFor({ state: 'detached' });
    await page.keyboard.press('Escape');
    await page.locator('.filters').waitFor();
    expect(await page.getByLabel('Words').inputValue()).toBe('Changelog');
    await page.keyboard.press('Control+k');
    await page.locator('dialog.pal input:focus').waitFor();
    await page.keyboard.type('Timel');
    await page.locator('dialog.pal a[aria-current]', { hasText: 'Timeline' }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/timeline/);
    await page.close();
  });

  it('gives whoever may only look no buttons, and refuses what they send all the same', async () => {
    const context = await signedIn(await server.token('reuben', true));
    const page = await open(context, '/');
    await page.getByText('You can read everything and change nothing.').waitFor();
    expect(await page.locator('.acts button').count()).toBe(0);
    const status = await page.evaluate(
      `fetch('/api/call', { method: 'POST', headers: { 'content-type': 'application/json', 'x-federation-board': '1' }, body: JSON.stringify({ tool: 'pause_federation', arguments: {} }) }).then((answer) => answer.status)`,
    );
    expect(status).toBe(403);
    complaints.length = 0;
    await context.close();
  });

  it('sends nothing for a page of another site', async () => {
    const [cookie] = await operator.cookies();
    const sent = (headers: Record<string, string>) =>
      server.fetch('/api/call', {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: `${cookie?.name}=${cookie?.value}`, ...headers },
        body: JSON.stringify({ tool: 'pause_federation', arguments: {} }),
      });
    expect((await sent({})).status).toBe(403);
    expect((await sent({ 'x-federation-board': '1', origin: 'https://evil.example' })).status).toBe(403);
    expect((await sent({ 'x-federation-board': '1', 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await sent({ 'x-federation-board': '1', 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('outlives a restart of the server, with what was typed, and is right again', async () => {
    const task_id = await queued('Ask about stock', { to_agent: 'kimi' });
    await kimi.callTool('claim_task', { task_id });
    await kimi.callTool('report_progress', { task_id, question: 'How much stock?' });
    const page = await open(operator, '/');
    const answer = page.locator('.item', { hasText: 'How much stock?' }).getByRole('textbox');
    await answer.fill('A dozen');
    await server.close();
    await page.getByText('Not live since').waitFor();
    expect(await page.locator('.item .act button:not(:disabled)').count()).toBe(0);
    await queued('Queued while the board was down', { to_agent: 'kimi' });
    await server.restart();
    await page.locator('.live', { hasText: /^Live/ }).waitFor();
    expect(await answer.inputValue()).toBe('A dozen');
    await page.goto(`${server.url}/queue`);
    await page.getByText('Queued while the board was down').waitFor();
    complaints.length = 0;
    await page.close();
  });

  it('is right again after a browser was cut off for a while', async () => {
    const page = await open(operator, '/queue');
    await page.locator('.live', { hasText: 'Live' }).waitFor();
    await operator.setOffline(true);
    await queued('Queued while the browser slept', { to_agent: 'kimi' });
    await operator.setOffline(false);
    await page.evaluate('dispatchEvent(new Event("online"))');
    await page.getByText('Queued while the browser slept').waitFor();
    complaints.length = 0;
    await page.close();
  });

  it('says why it is not live while the store is away, and is right again by itself', async () => {
    const page = await open(operator, '/queue');
    await page.locator('.live', { hasText: 'Live' }).waitFor();
    const error = { code: 'store-unavailable', message: 'The database does not answer', next: 'Try again.' };
    await page.route(/\/api\/(?:page|rows)/, (route) => route.fulfill({ status: 503, json: { error } }));
    await queued('Queued while the store was away', { to_agent: 'kimi' });
    await page.locator('.band', { hasText: /^Not live since .*The database does not answer\. / }).waitFor();
    await page.unrouteAll();
    await page.getByText('Queued while the store was away').waitFor();
    await page.locator('.live', { hasText: /^Live/ }).waitFor();
    complaints.length = 0;
    await page.close();
  });

  it('is right again after a browser slept for an hour, with its ages', async () => {
    const page = await open(operator, '/queue?text=hour');
    await page.locator('.live', { hasText: 'Live' }).waitFor();
    await page.clock.install();
    await page.goto(`${server.url}/queue?text=hour`);
    await page.locator('.live', { hasText: 'Live' }).waitFor();
    // Asleep: nothing runs, and then the clock is an hour on and the connection is dead.
    await page.clock.pauseAt(Date.now() + 1_000);
    await operator.setOffline(true);
    await queued('Queued in that hour', { to_agent: 'kimi' });
    await page.clock.fastForward('01:00:00');
    await page.getByText('Not live since').waitFor();
    await operator.setOffline(false);
    await page.clock.resume();
    await page.evaluate('document.dispatchEvent(new Event("visibilitychange")), dispatchEvent(new Event("online"))');
    const row = page.locator('.row', { hasText: 'Queued in that hour' });
    await row.waitFor();
    await page.locator('.live', { hasText: /^Live/ }).waitFor();
    // By the server's clock, not by how long the browser's own believes that it was away.
    await row.locator('time', { hasText: 'now' }).waitFor();
    complaints.length = 0;
    await page.close();
  });

  it('keeps thousands of tasks in the page by the screen, not by the thousand', async () => {
    const tasks = Array.from({ length: 1_000 }, (_, n) => ({
      key: `t${n}`,
      description: `Bulk task number ${n}`,
      to_agent: 'ollama',
    }));
    for (let group = 0; group < 2; group += 1)
      await bulk(tasks.map((task) => ({ ...task, description: `${task.description} of ${group}` })));
    const page = await open(operator, '/queue');
    const ready = page.locator('.col-ready');
    await expect.poll(() => ready.locator('h2').textContent(), patience).toMatch(/2,0\d\d/);
    await ready.locator('.lane.windowed').waitFor();
    expect(await page.locator('.row').count()).toBeLessThan(300);
    for (const at of [0.1, 0.5, 0.9, 1]) {
      await ready.locator('.lane').evaluate((lane, share) => {
        lane.scrollTop = lane.scrollHeight * share;
      }, at);
      // Where one has scrolled to, there is a row: at the top, in the middle and at the end of what is seen.
      await expect.poll(() => ready.locator('.lane').evaluate(blanks), patience).toBe(0);
    }
    await page.getByLabel('Words').fill('number 777 of 1');
    await expect.poll(() => page.locator('.row').count(), patience).toBe(1);
    await page.close();
  });

  it('gathers what needs the operator by kind once it is more than twenty', async () => {
    const asked = Array.from({ length: 25 }, (_, n) => ({
      key: `a${n}`,
      description: `Delete the images of ${2000 + n}`,
      to_agent: 'ollama',
      needs_approval: true,
    }));
    await bulk(asked);
    const page = await open(operator, '/');
    const group = page.locator('details.group', { hasText: 'Approval' });
    await group.locator('summary').first().click();
    expect(await faultsOf(page, 'groups')).toEqual([]);
    await group.getByRole('button', { name: /^Cancel all/ }).click();
    await group.getByRole('button', { name: /^Yes, all/ }).click();
    await page
      .locator('.cnt')
      .filter({ hasText: /^\D*\d$/ })
      .first()
      .waitFor();
    await page.close();
  });

  async function bulk(tasks: readonly object[]): Promise<void> {
    const token = await server.token('reuben');
    const [client] = clientsUnderTest;
    const reuben = await client?.connect({ url: server.url, token });
    for (let from = 0; from < tasks.length; from += 100) {
      const answer = await reuben?.callTool('queue_plan', { tasks: tasks.slice(from, from + 100) });
      expect(answer?.isError).toBe(false);
    }
    await reuben?.close();
  }

  it('ends with the token it was opened by', async () => {
    const token = await server.token('reuben');
    const context = await signedIn(token);
    const page = await open(context, '/');
    await page.locator('.live', { hasText: 'Live' }).waitFor();
    const { id } = server.tokens.find(token, 'bearer') ?? { id: '' };
    await server.tokens.revoke(id);
    await page.getByText('Your session has ended').waitFor();
    complaints.length = 0;
    await context.close();
  });

  it('asked nothing of any other place, and broke no rule of its own policy', () => {
    expect(elsewhere).toEqual([]);
    expect(complaints).toEqual([]);
    expect(readFileSync(`${server.dir}/private/tokens.json`, 'utf8')).not.toMatch(/fedb?_[\w-]{43}/);
  });
});

/** What axe finds that is serious: everything on a desk, and again what depends on colours and on the width. */
async function faultsOf(page: Page, name: string): Promise<string[]> {
  const found: string[] = [];
  const before = page.viewportSize();
  await page.evaluate(axe.source);
  for (const [colorScheme, width, rules] of [
    ['light', 1440, null],
    ['dark', 1440, ['color-contrast']],
    ['light', 390, ['color-contrast', 'scrollable-region-focusable', 'aria-hidden-focus', 'target-size']],
  ] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 900 });
    const only = rules === null ? '' : `runOnly: ${JSON.stringify(rules)},`;
    const result: unknown = await page.evaluate(`axe.run({ ${only} resultTypes: ['violations'] })`);
    for (const { id, impact, nodes } of violations.parse(result).violations) {
      if (impact !== 'serious' && impact !== 'critical') continue;
      const where = nodes.map(({ html }) => html.slice(0, 160)).join(' | ');
      found.push(`${name} ${colorScheme} ${width} ${id}: ${where}`);
    }
  }
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  if (before !== null) await page.setViewportSize(before);
  return found;
}

/** Points of what is seen of a list at which there is no row. Runs in the browser. */
function blanks(lane: Element): number {
  const { left, top, height } = lane.getBoundingClientRect();
  const points = [0.1, 0.5, 0.9].map((part) => document.elementFromPoint(left + 40, top + height * part));
  return points.filter((element) => (element?.closest('li') ?? null) === null).length;
}

const violations = z.object({
  violations: z.array(
    z.object({ id: z.string(), impact: z.string().nullable(), nodes: z.array(z.object({ html: z.string() })) }),
  ),
});
