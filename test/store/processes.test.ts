import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreFolder } from '../support/store-folder.ts';
import { torture } from '../support/store-torture.ts';

let folder: StoreFolder;

beforeEach(() => {
  folder = new StoreFolder();
});

afterEach(() => folder.dispose());

describe('several processes on one journal', () => {
  it(
    'keep every acknowledged command exactly once, though they are killed and suspended',
    {
      timeout: 60_000,
    },
    async () => {
      const { findings, acknowledged, kills } = await torture({
        store: { dir: folder.dir, shortWrites: 0.05, segmentBytes: 64 * 1024 },
        processes: 4,
        seconds: 5,
        killsPerSecond: 1.5,
        stopsPerSecond: 5,
      });
      expect(findings).toEqual([]);
      expect(acknowledged).toBeGreaterThan(100);
      expect(kills).toBeGreaterThan(0);
    },
  );
});
