/** Who is who among processes, as `/proc` and `ps` tell it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { isAlive, ownProcess, psArguments, readPs } from '../../src/runner/process-table.ts';

it('reads what ps of macOS prints, without the dead', () => {
  const printed = [
    '    1     0     1 Ss   Sat Nov 28 07:02:11 2026    ',
    '  412     1   412 S    Sat Nov 28 07:02:40 2026    ',
    '51873   412 51873 U+   Tue Dec  1 18:09:05 2026    ',
    '51874 51873 51873 Z+   Tue Dec  1 18:09:05 2026    ',
    '99999 51873 51873 ??',
    '',
  ].join('\n');
  expect(readPs(printed)).toEqual([
    { pid: 1, parent: 0, group: 1, started: 'Sat Nov 28 07:02:11 2026' },
    { pid: 412, parent: 1, group: 412, started: 'Sat Nov 28 07:02:40 2026' },
    { pid: 51_873, parent: 412, group: 51_873, started: 'Tue Dec  1 18:09:05 2026' },
  ]);
});

it.runIf(spawnSync('ps', ['--version']).status === 0)('finds this process with the arguments that ps is given', () => {
  const own = readPs(execFileSync('ps', [...psArguments], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } }));
  expect(own.find(({ pid }) => pid === process.pid)).toMatchObject({
    parent: process.ppid,
    started: expect.stringMatching(/^\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}$/),
  });
});

it('takes no process for another that has its number', () => {
  const own = ownProcess();
  expect(isAlive(own)).toBe(true);
  expect(isAlive({ ...own, started: '1' })).toBe(false);
});
