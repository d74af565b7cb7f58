/** A real browser, where this machine has one: Debian's Chromium, or the program that CHROMIUM names. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const candidates = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

export const browserProgram: string | null =
  process.env['CHROMIUM'] ?? candidates.find((path) => existsSync(path)) ?? null;

export async function launchBrowser(): Promise<Browser> {
  if (browserProgram === null) throw new Error('Expected a browser; install chromium or set CHROMIUM');
  // Root may not use its sandbox; what is opened here is our own.
  return await chromium.launch({ executablePath: browserProgram, args: ['--no-sandbox'] });
}
