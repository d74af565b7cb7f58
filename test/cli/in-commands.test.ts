/** What tools advise, in the words of the command line. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { inCommands } from '../../src/cli/in-commands.ts';

test.each([
  [
    'Call claim_task again with wait_seconds: 50 to wait for work, or end your turn.',
    'Call fed queue claim --wait 50 again to wait for work, or end your turn.',
  ],
  ['claim_task with wait_seconds waits for more.', 'fed queue claim --wait 50 waits for more.'],
  ['claim_task with this task_id takes it.', 'fed queue claim with its id takes it.'],
  ['claim_task without task_id gives the best one.', 'fed queue claim without an id gives the best one.'],
  ['Queue it with queue_task, to_agent: kimi or auto.', 'Queue it with fed queue add --to kimi or auto.'],
  ['list_tasks with status completed shows some.', 'fed queue list --status completed shows some.'],
  ['optimize_routing with apply puts this in force.', 'fed analytics optimize --apply puts this in force.'],
  ['optimize_routing with revert takes it back.', 'fed analytics optimize --revert takes it back.'],
  [
    'release_task with wait_for: ["vote-2026-02-06-001"] waits for the result.',
    'fed queue release --wait-for vote-2026-02-06-001 waits for the result.',
  ],
  ['get_metrics with a type compares it with the others.', 'fed analytics task-type TYPE compares it with the others.'],
  [
    'get_metrics with an agent or a type shows more of it.',
    'fed analytics agent NAME or task-type TYPE shows more of it.',
  ],
  ['Name the file in context_url.', 'Name the file in --context-url.'],
  ['Do the work, then call complete_task with a summary.', 'Do the work, then call fed queue complete with a summary.'],
  ['Write it into artifact_path.', 'Write it into artifact_path.'],
])('%s', (tool, commandLine) => {
  expect(inCommands(tool)).toBe(commandLine);
});

test('no tool is advised with an argument that the command line does not have', () => {
  const root = resolve(import.meta.dirname, '../..');
  const files = ['src/domain', 'src/views', 'tools'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(root, folder, file)),
  );
  // What only agents are told stands in descriptions.
  const lines = files
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => readFileSync(file, 'utf8').split('\n'))
    .filter((line) => !/^\s*(\*|\/\/|.*\bdescribe\()/.test(line));
  const advice = lines.flatMap(
    (line) => /\b[a-z]+_[a-z]+( again)?(,| with| without)( this)? [a-z]+_[a-z]+\b.*/.exec(line)?.[0] ?? [],
  );
  const forPeople = advice.filter((text) => !text.startsWith('queue_task with to_agent: auto does both'));
  expect(forPeople.length).toBeGreaterThan(5);
  for (const text of forPeople)
    expect(inCommands(text)).not.toMatch(/^fed [a-z ]+(,| with| without)( this)? [a-z]+_[a-z]+/);
});
