import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { tellDay } from '../../scripts/day/tell-day.ts';

test("the operator's day goes as it is told: everything ends, and nothing is left to answer", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fed-day-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const told: string[] = [];
  await tellDay(folder, (text) => told.push(text));
  const story = told.join('\n');
  for (const sentence of [
    'failed and blocks 03-02-003',
    'claim expired',
    'kimi asks about 03-02-007: May I change the public constructor?',
    'reuben, asked "May I change the public constructor?": No: keep the constructor',
    'Not completed yet: read the notes',
    'Undone: reassigned 03-02-008 to kimi',
    'Undone: cancelled 03-02-003: "No longer needed"',
    'has changed since: completed by claude',
    '1 vote judged so far',
  ]) {
    expect(story).toContain(sentence);
  }
  const evening = story.slice(story.lastIndexOf('$ fed status'));
  expect(evening).toContain('11  done in 24 h');
  expect(evening).not.toMatch(/needs you|ready {2}|in progress|waiting/);
});
