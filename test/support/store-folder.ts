/** A `.federation` folder of its own for each test, and ways to damage it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { segmentPath } from '../../src/store/journal/segments.ts';

export class StoreFolder {
  readonly root: string;
  readonly dir: string;

  constructor(within: string = tmpdir()) {
    this.root = mkdtempSync(join(within, 'fed-store-'));
    this.dir = join(this.root, '.federation');
  }

  journal(segment = 1): Buffer {
    return readFileSync(segmentPath(this.dir, segment));
  }

  /** Overwrites a journal file in place. */
  damage(bytes: Buffer | string, segment = 1): void {
    writeFileSync(segmentPath(this.dir, segment), bytes);
  }

  sessionFiles(): readonly string[] {
    return readdirSync(join(this.dir, 'sessions'));
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
