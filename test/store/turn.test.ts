import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Turn } from '../../src/store/journal/turn.ts';
import { StoreFolder } from '../support/store-folder.ts';

let folder: StoreFolder;
let file: string;

beforeEach(() => {
  folder = new StoreFolder();
  mkdirSync(join(folder.dir, 'journal'), { recursive: true });
  file = join(folder.dir, 'journal', 'turn');
});

afterEach(() => folder.dispose());

describe('asking for a turn', () => {
  it('happens after three lost races, not before', async () => {
    const turn = new Turn(folder.dir);
    for (const losses of [0, 1, 2]) await turn.wait(losses);
    expect(existsSync(file)).toBe(false);
    await turn.wait(3);
    expect(existsSync(file)).toBe(true);
    turn.release();
    expect(existsSync(file)).toBe(false);
  });

  it('holds others back until it is given up', async () => {
    const [mine, other] = [new Turn(folder.dir), new Turn(folder.dir)];
    await mine.wait(3);
    let isPast = false;
    const waiting = other.wait(0).then(() => {
      isPast = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isPast).toBe(false);
    mine.release();
    await waiting;
  });

  it('passes from one to the next', async () => {
    const [mine, other] = [new Turn(folder.dir), new Turn(folder.dir)];
    await mine.wait(3);
    const waiting = other.wait(4);
    mine.release();
    await waiting;
    expect(existsSync(file)).toBe(true);
    other.release();
    expect(existsSync(file)).toBe(false);
  });

  it('holds nobody back for long where its process died', async () => {
    writeFileSync(file, 'of a dead process');
    await new Turn(folder.dir).wait(0);
    expect(existsSync(file)).toBe(false);
  });

  it('is done without where there is no folder for it', async () => {
    folder.dispose();
    await new Turn(folder.dir).wait(5);
  });
});
