import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreFolder } from '../support/store-folder.ts';
import { stress } from '../../src/doctor/stress/stress.ts';
import { fedProgram } from '../support/project.ts';

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
      const { findings, acknowledged, kills } = await stress({
        dir: folder.dir,
        program: [process.execPath, fedProgram, 'stress-worker'],
        signal: new AbortController().signal,
        processes: 4,
        seconds: 5,
        killsPerSecond: 1.5,
        stopsPerSecond: 5,
        shortWrites: 0.05,
        segmentBytes: 64 * 1024,
      });
      expect(findings).toEqual([]);
      expect(acknowledged).toBeGreaterThan(100);
      expect(kills).toBeGreaterThan(0);
    },
  );
});
