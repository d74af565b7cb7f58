/**
 * Pictures of every page of the board, at the width of a desk and of a phone, light and dark: docs/images/.
 * Needs Chromium: Debian's package, or the program that CHROMIUM names. A folder as argument gets them as PNG instead.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { serve } from '../src/compose/serve.ts';
import { TokenFile } from '../src/tokens/token-file.ts';
import { build } from './build.ts';
import { beginRun, seed } from './screenshots/seed.ts';
import { seedMany } from './screenshots/seed-many.ts';

const [png] = process.argv.slice(2);
const images = png ?? join(import.meta.dirname, '../docs/images');
/** Text stays sharp, and a picture is a third of a PNG. */
const webpQuality = 82;
const widths = [
  [1440, 900],
  [390, 844],
] as const;

interface Picture {
  readonly name: string;
  readonly path: string;
  /** What is clicked before it is taken. */
  readonly click?: string;
}

interface Scene {
  readonly name: string;
  readonly seed: (folder: string) => Promise<void>;
  /** What goes on while pictures are taken; gives how to end it. */
  readonly begin?: (folder: string) => Promise<() => Promise<void>>;
  readonly pictures: readonly Picture[];
}

const today = new Date().toISOString().slice(0, 10);
const shop: Scene = {
  name: 'storefront',
  seed,
  begin: beginRun,
  pictures: [
    { name: 'needs', path: '/' },
    { name: 'queue', path: '/queue' },
    { name: 'queue-add', path: '/queue?add=1' },
    { name: 'timeline', path: '/timeline' },
    { name: 'graph', path: '/graph' },
    { name: 'votes', path: '/votes' },
    { name: 'landing', path: '/landing' },
    { name: 'metrics', path: '/metrics' },
    { name: 'agents', path: '/agents' },
    { name: 'log', path: '/log' },
    { name: 'more', path: '/more' },
    { name: 'sign-in', path: '/sign-in' },
    // With a note that its holder has not read, and one with a run that goes on.
    { name: 'task', path: `/tasks/task-${today}-004` },
    { name: 'task-run', path: `/tasks/task-${today}-007` },
    { name: 'task-edit', path: `/tasks/task-${today}-015`, click: '.menu button:text-is("Edit…")' },
  ],
};
const busy: Scene = {
  name: 'warehouse',
  seed: seedMany,
  pictures: [
    { name: 'needs-groups', path: '/', click: 'details.group summary' },
    { name: 'timeline-200', path: '/timeline' },
  ],
};
const fresh: Scene = { name: 'bakery', seed: async () => {}, pictures: [{ name: 'needs-new', path: '/' }] };

async function take(page: Page, name: string): Promise<void> {
  if (png !== undefined) {
    await page.screenshot({ path: join(images, `${name}.png`) });
    return;
  }
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: webpQuality });
  writeFileSync(join(images, `${name}.webp`), Buffer.from(data, 'base64'));
  await session.detach();
}

async function takeAll(
  context: BrowserContext,
  url: string,
  secret: string,
  scene: Scene,
  suffix: string,
): Promise<void> {
  const page = await context.newPage();
  await page.goto(`${url}/sign-in`);
  await page.fill('input[name=token]', secret);
  await page.click('button[type=submit]');
  await page.waitForURL(`${url}/`);
  for (const { name, path, click } of scene.pictures) {
    await page.goto(`${url}${path}`);
    // The stream of news stays open, so the network is never quite idle.
    await page.waitForLoadState('networkidle', { timeout: 1_500 }).catch(() => undefined);
    if (click !== undefined) await page.locator(click).first().click();
    await take(page, `${name}-${suffix}`);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'federation-screenshots-'));
await build();
mkdirSync(images, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
try {
  for (const scene of [shop, busy, fresh]) {
    const dir = join(folder, scene.name, '.federation');
    mkdirSync(dir, { recursive: true });
    await scene.seed(join(folder, scene.name));
    const server = await serve({ folder: dir, host: '127.0.0.1', port: 0, tls: null });
    const end = await scene.begin?.(join(folder, scene.name));
    const token = { name: 'reuben', created_by: 'reuben', expires_at: null, read_only: false };
    const { secret } = await new TokenFile(dir).add(token);
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [width, height] of widths) {
        const context = await browser.newContext({
          viewport: { width, height },
          colorScheme,
          locale: 'en-GB',
          reducedMotion: 'reduce',
        });
        await takeAll(context, server.url, secret, scene, `${colorScheme}-${width}`);
        await context.close();
      }
    }
    await end?.();
    await server.close();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
