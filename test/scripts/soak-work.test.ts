import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { runWorkSoak } from '../../scripts/soak-work/run-work-soak.ts';
import { programFile } from '../support/program-file.ts';
import { fedProgram, serverProgram } from '../support/project.ts';

it('settles every task once and leaves no process, whoever is killed', async () => {
  const result = await runWorkSoak({
    seconds: 20,
    fed: fedProgram,
    server: serverProgram,
    standIn: programFile('stand-in-agent'),
    folder: tmpdir(),
    random: Math.random,
  });
  expect(result.faults).toEqual([]);
  expect(result.completed).toBeGreaterThan(0);
  expect(result.killedRunners).toBeGreaterThan(0);
}, 120_000);
