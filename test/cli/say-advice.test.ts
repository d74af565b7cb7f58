/** What tools advise, in the words of the command line. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands/index.ts';
import { inCommands, rowOf } from '../../src/cli/say-advice.ts';
import { advise, call, inTools } from '../../src/domain/advice.ts';
import { tools } from '../../tools/index.ts';

test.each([
  [
    advise`Wait for work with ${call('claim_task', { wait_seconds: 50 })}.`,
    'Wait for work with fed queue claim --wait 50.',
  ],
  [advise`Take it with ${call('claim_task', { task_id: 'task-1' })}.`, 'Take it with fed queue claim task-1.'],
  [
    advise`Queue it with ${call('queue_task', { to_agent: 'kimi' })}.`,
    'Queue it with fed queue add DESCRIPTION --to kimi.',
  ],
  [advise`${call('list_tasks', { status: 'completed' })} shows some.`, 'fed queue list --status completed shows some.'],
  [advise`${call('optimize_routing', { apply: true })}`, 'fed analytics optimize --apply'],
  [
    advise`${call('release_task', { task_id: 'task-1', wait_for: ['vote-1', 'vote-2'] })}`,
    'fed queue release task-1 REASON --wait-for vote-1 --wait-for vote-2',
  ],
  [advise`${call('get_metrics')}`, 'fed analytics'],
  [advise`${call('get_metrics', { type: 'review' })}`, 'fed analytics task-type review'],
  [advise`${call('override_task', { task_id: 'task-1', action: 'approve' })}`, 'fed queue approve task-1'],
  [advise`${call('complete_task', { task_id: 'task-1' })}`, 'fed queue complete task-1 SUMMARY'],
  [advise`${call('cast_vote', { vote_id: 'vote-1' })}`, 'fed vote cast vote-1 CHOICE REASONING --confidence SHARE'],
  [advise`${call('switch_scheduling', { on: true })}`, 'fed schedule on'],
  [advise`${call('list_tasks', { text: "it's two" })}`, String.raw`fed queue list --text 'it'\''s two'`],
  ['Write it into artifact_path.', 'Write it into artifact_path.'],
])('%j is said as a command', (advice, commandLine) => {
  expect(inCommands(advice, commands)).toBe(commandLine);
});

test('an agent is told the tool with its arguments', () => {
  const advice = advise`Wait with ${call('claim_task', { wait_seconds: 50 })}. ${call('list_tasks', { text: 'a b', status: 'failed' })} shows more.`;
  expect(inTools(advice)).toBe(
    'Wait with claim_task (wait_seconds: 50). list_tasks (text: "a b", status: failed) shows more.',
  );
});

test('a sentence about a tool that its reader is not offered is left out', () => {
  const advice = advise`Ids look like task-1. Find it with ${call('list_tasks')}. Else ask.`;
  expect(inTools(advice, (tool) => tool !== 'list_tasks')).toBe('Ids look like task-1. Else ask.');
});

describe('every call that the sources advise', () => {
  const root = resolve(import.meta.dirname, '../..');
  const files = ['src', 'tools'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(root, folder, file)),
  );
  const found = files.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\bcall\('(\w+)'(?:, \{([^}]*)\})?\)/g)].map(
      ([text, tool = '', args = '']) => {
        const names = [...args.matchAll(/(\w+)(?::|,|\s*$)/g)].map(([, name = '']) => name);
        return { text, tool, names: names.filter((name) => name !== '' && !/^(?:true|false)$/.test(name)) };
      },
    ),
  );

  test('is there at all', () => {
    expect(found.length).toBeGreaterThan(40);
  });

  test.each(found)('$text is a command of fed', ({ tool, names }) => {
    expect(tools.map(({ name }) => name)).toContain(tool);
    const row = commands.find((candidate) => candidate.tool === tool);
    expect(row).toBeDefined();
    const known = Object.keys(tools.find(({ name }) => name === tool)?.input.shape ?? {});
    for (const name of names.filter((one) => known.includes(one))) {
      const rows = commands.filter((candidate) => candidate.tool === tool);
      const taken = rows.some(
        ({ arguments: words, options, fixed }) =>
          name in fixed || [...words, ...options].some(([, argument]) => argument === name),
      );
      expect(taken, `${tool} ${name}`).toBe(true);
    }
  });
});

test('the row that stands for most of a call is the one that is said', () => {
  expect(rowOf(call('complete_task', { outcome: 'failure' }), commands)?.path).toBe('queue fail');
  expect(rowOf(call('get_metrics', { view: 'targets' }), commands)?.path).toBe('analytics targets');
});
