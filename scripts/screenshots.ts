/**
 * Pictures of every page of the board, at the width of a desk and of a phone, light and dark: docs/images/.
 * Needs Chromium: Debian's package, or the program that CHROMIUM names.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { serve } from '../src/compose/serve.ts';
import { TokenFile } from '../src/tokens/token-file.ts';
import { build } from './build.ts';
import { seed } from './screenshots/seed.ts';

const images = join(import.meta.dirname, '../docs/images');
const pages = [
  ['needs', '/'],
  ['queue', '/queue'],
  ['queue-add', '/queue?add=1'],
  ['timeline', '/timeline'],
  ['graph', '/graph'],
  ['votes', '/votes'],
  ['metrics', '/metrics'],
  ['agents', '/agents'],
  ['log', '/log'],
  ['sign-in', '/sign-in'],
] as const;
const widths = [
  [1440, 900],
  [390, 844],
] as const;

const folder = mkdtempSync(join(tmpdir(), 'federation-storefront-'));
const project = join(folder, 'storefront');
await build();
await seed(project);
const dir = join(project, '.federation');
const server = await serve({ folder: dir, host: '127.0.0.1', port: 0, tls: null });
const { secret } = await new TokenFile(dir).add({
  name: 'reuben',
  created_by: 'reuben',
  expires_at: null,
  read_only: false,
});
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
mkdirSync(images, { recursive: true });
try {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [width, height] of widths) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme,
        locale: 'en-GB',
        reducedMotion: 'reduce',
      });
      const page = await context.newPage();
      await page.goto(`${server.url}/sign-in`);
      await page.fill('input[name=token]', secret);
      await page.click('button[type=submit]');
      await page.waitForURL(`${server.url}/`);
      const first = (await page.locator('.item .id[href^="/tasks/"]').last().textContent()) ?? '';
      const all = [...pages, ['task', `/tasks/task-${new Date().toISOString().slice(0, 10)}-${first}`] as const];
      for (const [name, path] of all) {
        await page.goto(`${server.url}${path}`);
        await page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined);
        await page.screenshot({ path: join(images, `${name}-${colorScheme}-${width}.png`) });
      }
      await context.close();
    }
  }
} finally {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
