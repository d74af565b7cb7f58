/** `fed watch` on a real federation, with a terminal that only remembers what was written to it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Size } from '../../src/cli/board/render-board.ts';
import type { ScreenDevice } from '../../src/cli/screen.ts';
import { type Run, runWith } from '../support/run-fed.ts';

const enter = '\u001B[?1049h\u001B[?25l\u001B[?7l';
const leave = '\u001B[0m\u001B[?7h\u001B[?25h\u001B[?1049l';

class FakeTerminal implements ScreenDevice {
  readonly writes: string[] = [];
  readonly raw: boolean[] = [];
  now: Size = { columns: 100, rows: 30 };
  suspended = 0;
  failAt: number | null = null;
  readonly #inputs = new Set<(text: string) => void>();
  readonly #resizes = new Set<() => void>();
  readonly #ends = new Set<() => void>();

  readonly size = (): Size => this.now;
  readonly write = async (text: string): Promise<void> => {
    this.writes.push(text);
    if (this.writes.length === this.failAt) throw new Error('the terminal broke');
  };
  readonly setRaw = (raw: boolean): void => void this.raw.push(raw);
  readonly onInput = (listener: (text: string) => void) => listening(this.#inputs, listener);
  readonly onResize = (listener: () => void) => listening(this.#resizes, listener);
  readonly onEnd = (listener: () => void) => listening(this.#ends, listener);
  readonly suspend = async (): Promise<void> => void (this.suspended += 1);

  press(keys: string): void {
    for (const listener of this.#inputs) listener(keys);
  }

  resize(size: Size): void {
    this.now = size;
    for (const listener of this.#resizes) listener();
  }

  end(): void {
    for (const listener of this.#ends) listener();
  }

  get listeners(): number {
    return this.#inputs.size + this.#resizes.size + this.#ends.size;
  }

  get frames(): readonly string[] {
    return this.writes.filter((text) => text.startsWith('\u001B[?2026h'));
  }
}

function listening<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

let folder = '';
let terminal = new FakeTerminal();
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fed-watch-'));
  await runWith(folder, ['init']);
  terminal = new FakeTerminal();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function watch(signal?: AbortSignal): Promise<Run> {
  return runWith(folder, ['watch'], { screen: terminal, ...(signal === undefined ? {} : { signal }) });
}

const frames = (count: number) => expect.poll(() => terminal.frames.length).toBeGreaterThanOrEqual(count);

function expectAsFound(): void {
  expect(terminal.writes.at(-1)).toBe(leave);
  expect(terminal.writes.filter((text) => text === leave)).toHaveLength(1);
  expect(terminal.raw.at(-1)).toBe(false);
  expect(terminal.listeners).toBe(0);
}

describe('fed watch', () => {
  it.each([
    ['q', 'q'],
    ['Ctrl-C', '\u0003'],
  ])('leaves the terminal as it found it on %s', async (_name, keys) => {
    const run = watch();
    await frames(1);
    expect(terminal.writes[0]).toBe(enter);
    terminal.press(keys);
    expect(await run).toEqual({ code: 0, out: '', err: '' });
    expectAsFound();
  });

  it('leaves the terminal as it found it when it is asked to end', async () => {
    const stopped = new AbortController();
    const run = watch(stopped.signal);
    await frames(1);
    stopped.abort();
    expect((await run).code).toBe(0);
    expectAsFound();
  });

  it('leaves the terminal as it found it when something breaks, and then says what', async () => {
    terminal.failAt = 2;
    const { code, err } = await watch();
    expect(code).toBe(1);
    expect(err).toContain('the terminal broke');
    expectAsFound();
  });

  it('restores the terminal at once where the process ends without another word', async () => {
    const run = watch();
    await frames(1);
    terminal.end();
    expect(terminal.writes.at(-1)).toBe(leave);
    expect(terminal.raw.at(-1)).toBe(false);
    terminal.press('q');
    await run;
    expectAsFound();
  });

  it('shows what another process does, each frame in one write', async () => {
    const run = watch();
    await frames(1);
    await runWith(folder, ['queue', 'add', 'From elsewhere']);
    await expect.poll(() => terminal.frames.at(-1)).toContain('From elsewhere');
    terminal.press('q');
    await run;
    for (const frame of terminal.frames) {
      expect(frame.startsWith('\u001B[?2026h\u001B[H')).toBe(true);
      expect(frame.endsWith('\u001B[?2026l')).toBe(true);
    }
  });

  it('shows what is wrong with the configuration, and until it is mended', async () => {
    const run = watch();
    await frames(1);
    expect(terminal.frames.at(-1)).not.toContain('CONFIGURATION');
    terminal.press('q');
    await run;
    await writeFile(join(folder, '.federation/config.json'), '{\n  "operator": 7\n}');
    const again = watch();
    await frames(2);
    expect(terminal.frames.at(-1)).toMatch(/CONFIGURATION .*config\.json:2: operator:/);
    terminal.press('q');
    await again;
  });

  it('writes nothing where nothing changed, and everything after a resize', async () => {
    await writeFile(join(folder, '.federation/config.json'), '{"leases": {"grace_seconds": 1}}');
    const run = watch();
    await frames(1);
    const before = terminal.frames.length;
    // Several refreshes pass: one comes each eighth of the grace time. A new minute may begin meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(terminal.frames.length).toBeLessThanOrEqual(before + 1);
    terminal.resize({ columns: 60, rows: 12 });
    await expect.poll(() => terminal.frames.at(-1)?.split('\r\n').length).toBe(12);
    terminal.press('q');
    await run;
  });

  it('gives the terminal back while it is stopped with Ctrl-Z', async () => {
    const run = watch();
    await frames(1);
    terminal.press('\u001A');
    await expect.poll(() => terminal.suspended).toBe(1);
    expect(terminal.writes).toContain(leave);
    await frames(2);
    expect(terminal.writes.filter((text) => text === enter)).toHaveLength(2);
    terminal.press('q');
    await run;
    expect(terminal.raw).toEqual([true, false, true, false]);
  });

  it('prints the board once into a pipe', async () => {
    await runWith(folder, ['queue', 'add', 'Write it', '--to', 'kimi']);
    const { code, out } = await runWith(folder, ['watch']);
    expect(code).toBe(0);
    expect(out).toMatch(/^READY 1\n {2}ID .*\n {2}task-\S+ +ready +kimi +\S+Z +Write it\n/m);
    const json = await runWith(folder, ['watch', '--json']);
    expect(JSON.parse(json.out)).toMatchObject({ ready: { total: 1 }, operator: 'reuben' });
  });
});
