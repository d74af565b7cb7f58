/** What models and people really send to the tools, and what becomes of it. */
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/arguments/parse-arguments.ts';
import { tools } from '../../tools/index.ts';

function parse(name: string, given: unknown): unknown {
  const tool = tools.find((candidate) => candidate.name === name);
  if (tool === undefined) throw new Error(`Expected a tool called ${name}, got none`);
  return parseArguments(tool, given);
}

const id = 'task-2026-02-06-001';
const other = 'vote-2026-02-06-002';

describe('what can mean only one thing is taken', () => {
  it.each<[string, string, unknown, unknown]>([
    ['no arguments at all', 'start_session', null, {}],
    [
      'null and empty text for what is left out',
      'queue_task',
      { description: 'x', to_agent: null, type: '', dependencies: '', deadline: '', context: null, uses: null },
      { description: 'x' },
    ],
    ['numbers as text', 'report_progress', { task_id: id, progress: ' 0.5 ' }, { task_id: id, progress: 0.5 }],
    [
      'booleans as text',
      'queue_task',
      { description: 'x', needs_approval: 'True' },
      { description: 'x', needs_approval: true },
    ],
    [
      'lists and objects as text',
      'queue_task',
      { description: 'x', dependencies: `["${id}","${other}"]`, context: '{"artifact_path":"a"}' },
      { description: 'x', dependencies: [id, other], context: { artifact_path: 'a' } },
    ],
    [
      'a list of objects as text',
      'queue_plan',
      { tasks: '[{"key":"a","description":"x"}]' },
      { tasks: [{ key: 'a', description: 'x' }] },
    ],
    [
      'one entry for a list',
      'release_task',
      { task_id: id, reason: 'r', wait_for: other },
      { task_id: id, reason: 'r', wait_for: [other] },
    ],
    ['one type for a list', 'claim_task', { types: 'review' }, { types: ['review'] }],
    ['ids with spaces, quotes or in another case', 'get_task', { task_id: ` "TASK-2026-02-06-001" ` }, { task_id: id }],
    [
      'names with spaces or in another case',
      'queue_task',
      { description: 'x', to_agent: ' Kimi IDE ', type: 'Private data', priority: 'HIGH', on_failure: 'Continue' },
      { description: 'x', to_agent: 'kimi-ide', type: 'private-data', priority: 'high', on_failure: 'continue' },
    ],
    ['an option with an underscore', 'list_tasks', { status: 'In_Progress' }, { status: 'in-progress' }],
    ['options in one text', 'list_tasks', { status: 'pending, Completed' }, { status: ['pending', 'completed'] }],
    ['options in a list as text', 'list_tasks', { status: '["pending"]' }, { status: ['pending'] }],
  ])('%s', (_what, tool, given, meant) => {
    expect(parse(tool, given)).toEqual(meant);
  });
});

describe('what may mean several things is refused with the form to send', () => {
  it.each<[string, unknown, string]>([
    ['queue_task', { description: 'x', dependencies: `${id}, ${other}` }, 'dependencies to be a list, like ["…"]'],
    ['queue_task', { description: 'x', context: '[1]' }, 'context to be an object, like {"…": …}'],
    ['queue_task', { description: 'x', priority: 'urgent' }, 'priority to be one of low, normal, high, critical'],
    ['queue_task', { description: 'x', deadline: 'friday' }, 'like 2026-02-06T09:30:00Z'],
    ['report_progress', { task_id: id, progress: '50%' }, 'progress to be a number'],
    ['report_progress', { task_id: id, progress: 50 }, 'progress to be at most 1'],
    ['queue_task', { description: '' }, 'description to be text'],
    ['queue_task', { description: 'x', priorty: null }, 'Unknown argument "priorty"'],
  ])('%s %j', (tool, given, words) => {
    expect(() => parse(tool, given)).toThrow(words);
  });
});
