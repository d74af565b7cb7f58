/** The card of MCP Apps: what clients are told of it over stdio, and the card itself in the bridge of the ext-apps package. */
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import axe from 'axe-core';
import { browserProgram, launchBrowser } from '../support/browser.ts';
import { makeProject } from '../support/project.ts';

const cardType = 'text/html;profile=mcp-app';
const uri = 'ui://federation/card';
const extensions = { 'io.modelcontextprotocol/ui': { mimeTypes: [cardType] } };
const resource = z.object({
  contents: z.tuple([z.looseObject({ uri: z.string(), mimeType: z.string(), text: z.string() })]),
});

async function connect(
  project: ReturnType<typeof makeProject>,
  name: string,
  { era = 'modern', cards = true }: { readonly era?: 'modern' | 'legacy'; readonly cards?: boolean } = {},
): Promise<Client> {
  const client = new Client(
    { name: 'claude-code', version: '1.0.0' },
    {
      versionNegotiation: { mode: era === 'modern' ? { pin: '2026-07-28' } : 'legacy' },
      capabilities: cards ? { extensions } : {},
    },
  );
  const { command, args, env, cwd } = project.server(name);
  await client.connect(
    new StdioClientTransport({
      command,
      args: [...args],
      stderr: 'ignore',
      ...(env === undefined ? {} : { env: { ...env } }),
      ...(cwd === undefined ? {} : { cwd }),
    }),
  );
  onTestFinished(() => client.close());
  return client;
}

describe.each(['modern', 'legacy'] as const)('to a client of the %s protocol', (era) => {
  it('the card is told of where it can be shown, and costs nobody else anything', async () => {
    const project = makeProject();
    const able = await connect(project, 'reuben', { era });
    const { tools } = await able.listTools();
    const withCard = tools.filter(({ _meta }) => _meta?.['ui'] !== undefined);
    expect(withCard.map(({ name, _meta }) => [name, _meta?.['ui']])).toEqual([
      ['get_vote', { resourceUri: uri }],
      ['list_inbox', { resourceUri: uri }],
    ]);
    const listed = (await able.listResources()).resources.find((known) => known.uri === uri);
    expect(listed).toMatchObject({ mimeType: cardType, _meta: { ui: { prefersBorder: true } } });
    const { contents } = resource.parse(await able.readResource({ uri }));
    expect(contents[0]).toMatchObject({ uri, mimeType: cardType, _meta: { ui: { prefersBorder: true } } });
    expect(contents[0].text).toMatch(/^<!doctype html>/);
    // One file: nothing is fetched from anywhere.
    expect(contents[0].text).not.toMatch(/(?:src|href)=|url\(|@import|https?:\/\/(?!www\.w3\.org)/);
    expect(Buffer.byteLength(contents[0].text)).toBeLessThan(40_000);

    const other = await connect(project, 'reuben', { era, cards: false });
    expect(JSON.stringify(await other.listTools())).not.toContain('ui://');
    expect(JSON.stringify(await other.listResources())).not.toContain('ui://');
    // The result is the same text for both.
    const [one, two] = [await able.callTool({ name: 'list_inbox' }), await other.callTool({ name: 'list_inbox' })];
    expect(one.content).toEqual(two.content);
  });
});

describe.runIf(browserProgram !== null)('the card', () => {
  it('shows an inbox item and a vote in a host’s frame, acts through the host, and takes text as text', async () => {
    const project = makeProject();
    const reuben = await connect(project, 'reuben');
    const kimi = await connect(project, 'kimi', { cards: false });
    const bad = '<img src=x onerror="parent.pwned=1"><script>parent.pwned=1</script>';
    await kimi.callTool({
      name: 'queue_task',
      arguments: { description: bad, to_agent: 'kimi', needs_approval: true },
    });
    const queued = await kimi.callTool({
      name: 'queue_task',
      arguments: { description: 'Translate', to_agent: 'kimi' },
    });
    const task_id = z.object({ task: z.object({ task_id: z.string() }) }).parse(queued.structuredContent).task.task_id;
    await kimi.callTool({ name: 'claim_task', arguments: { task_id } });
    await kimi.callTool({ name: 'report_progress', arguments: { task_id, question: 'Which languages?' } });

    const browser = await launchBrowser();
    onTestFinished(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 640, height: 480 } });
    const card = await host(page, reuben);
    await card.show('list_inbox');
    await card.frame.getByRole('heading', { name: '2 need you.' }).waitFor();
    expect(await card.frame.locator('article').textContent()).toContain(bad);
    expect(await card.frame.locator('article img, article script').count()).toBe(0);
    await card.frame.getByRole('button', { name: 'Approve' }).click();
    await card.frame.getByRole('heading', { name: '1 needs you.' }).waitFor();
    await card.frame.getByLabel('Your answer').fill('French');
    for (const theme of ['light', 'dark'] as const) {
      await page.evaluate(`setTheme('${theme}')`);
      await card.frame.locator(`html[data-theme=${theme}]`).waitFor();
      expect(await card.faults()).toEqual([]);
      const folder = process.env['CARD_PICTURES'];
      if (folder !== undefined) await page.screenshot({ path: `${folder}/card-inbox-${theme}.png` });
    }
    await card.frame.getByRole('button', { name: 'Send answer' }).click();
    await card.frame.getByText('Nothing needs you.').waitFor();
    const told = await kimi.callTool({ name: 'report_progress', arguments: { task_id, progress: 0.5 } });
    expect(told.structuredContent).toMatchObject({ notes: [{ by: 'reuben', text: 'French' }] });
    expect(await page.evaluate('window.pwned')).toBeUndefined();

    const vote = { question: 'Tabs or spaces?', options: ['tabs', 'spaces'], eligible: ['kimi', 'claude'] };
    const opened = await kimi.callTool({ name: 'open_vote', arguments: vote });
    const { vote_id } = z.object({ vote: z.object({ vote_id: z.string() }) }).parse(opened.structuredContent).vote;
    await card.show('get_vote', { vote_id });
    await card.frame.getByText('sealed until it closes').waitFor();
    expect(await card.frame.getByRole('button').count()).toBe(0);
    await kimi.callTool({
      name: 'cast_vote',
      arguments: { vote_id, choice: 'tabs', confidence: 0.6, reasoning: 'Older files have them' },
    });
    await reuben.callTool({ name: 'close_vote', arguments: { vote_id } });
    await card.show('get_vote', { vote_id });
    await card.frame.getByText('escalated').waitFor();
    await card.frame.getByLabel('Why').fill('One of us must');
    expect(await card.faults()).toEqual([]);
    const folder = process.env['CARD_PICTURES'];
    if (folder !== undefined) await page.screenshot({ path: `${folder}/card-vote.png` });
    await card.frame.getByRole('button', { name: 'Decide tabs' }).click();
    await card.frame.getByText('Decided:').waitFor();
    // What the server refuses is said where it was asked for.
    await card.show('get_vote', { vote_id: 'vote-2020-01-01-001' });
    await card.frame.getByRole('alert').waitFor();
    expect(card.height()).toBeGreaterThan(40);
  });
});

/** A host as clients have it: the bridge of the ext-apps package around a sandboxed frame; tools are called over stdio. */
async function host(page: Page, client: Client) {
  const { outputFiles } = await build({
    stdin: { contents: hostSource, resolveDir: import.meta.dirname, loader: 'js' },
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    logLevel: 'error',
  });
  const { contents } = resource.parse(await client.readResource({ uri }));
  let height = 0;
  await page.exposeFunction('callTool', (name: string, args: Record<string, unknown>) =>
    client.callTool({ name, arguments: args }),
  );
  await page.exposeFunction('sized', (size: number) => {
    height = size;
  });
  await page.setContent(
    '<!doctype html><title>Host</title><iframe sandbox="allow-scripts" width="600" height="440"></iframe>',
  );
  await page.addScriptTag({ content: outputFiles[0]?.text ?? '' });
  return {
    height: () => height,
    frame: page.frameLocator('iframe'),
    show: async (name: string, args: Record<string, unknown> = {}) => {
      await page.evaluate(
        `show(${JSON.stringify(contents[0].text)}, ${JSON.stringify(name)}, ${JSON.stringify(args)})`,
      );
    },
    faults: async () => {
      const [, frame] = page.frames();
      if (frame === undefined) throw new Error('Expected a frame, got none');
      await frame.evaluate(axe.source);
      const result: unknown = await frame.evaluate('axe.run({ resultTypes: ["violations"] })');
      const { violations } = z
        .object({ violations: z.array(z.looseObject({ id: z.string(), impact: z.string().nullable() })) })
        .parse(result);
      return violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map(({ id }) => id);
    },
  };
}

const hostSource = `
import { AppBridge, PostMessageTransport } from '@modelcontextprotocol/ext-apps/app-bridge';
let bridge = null;
window.setTheme = (theme) => bridge.setHostContext({ theme });
window.show = async (html, name, args) => {
  await bridge?.close();
  const old = document.querySelector('iframe');
  const frame = old.cloneNode();
  frame.removeAttribute('srcdoc');
  old.replaceWith(frame);
  bridge = new AppBridge(null, { name: 'test host', version: '1' }, { serverTools: {} }, { hostContext: { theme: 'light' } });
  bridge.oncalltool = ({ name, arguments: given }) => window.callTool(name, given ?? {});
  bridge.onsizechange = ({ height }) => window.sized(height ?? 0);
  const ready = new Promise((resolve) => { bridge.oninitialized = resolve; });
  await bridge.connect(new PostMessageTransport(frame.contentWindow, frame.contentWindow));
  frame.srcdoc = html;
  await ready;
  await bridge.sendToolInput({ arguments: args });
  await bridge.sendToolResult(await window.callTool(name, args));
};
`;
