import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import type { ResourceDefinition } from '../../src/define-tool.ts';
import type { FederationChange } from '../../src/federation.ts';
import type { StoredRecord } from '../../src/store/event-store.ts';
import { runWith } from '../support/run-fed.ts';

const change: FederationChange = { tasks: new Set(), addressees: new Set(), agents: false };

function record(seq: number): StoredRecord {
  const events = [{ type: 'federation_paused', reason: `pause ${seq}` }] as const;
  return {
    seq,
    at: '2026-02-06T10:00:00.000Z',
    hash: '0'.repeat(32),
    commands: [{ id: `c${seq}`, by: 'kimi', events }],
  };
}

test('a followed log prints each record once and in order, until it is stopped', async () => {
  const stopped = new AbortController();
  const records = [record(1)];
  let hint = (): void => {};
  let printed = 0;
  const { code, out } = await runWith(tmpdir(), ['log', '--follow', '--json'], {
    signal: stopped.signal,
    onOutput: () => {
      printed += 1;
      if (printed < 5) {
        records.push(record(printed + 1));
        // Hints come late and more than once.
        setTimeout(() => hint(), 1);
        setTimeout(() => hint(), 2);
      } else setTimeout(() => stopped.abort(), 5);
    },
    federation: {
      tail: (limit, after = 0) => Promise.resolve(records.filter(({ seq }) => seq > after).slice(-limit)),
      subscribe: (listener) => {
        hint = () => listener(change);
        return () => {
          hint = () => {};
        };
      },
    },
  });
  expect(code).toBe(0);
  const lines = out.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).seq)).toEqual([1, 2, 3, 4, 5]);
});

test('an import says what came over, what was left out and what points nowhere', async () => {
  const issue = { id: 'x-1', title: 'One', created_at: '2026-02-06T10:00:00Z' };
  const input = [issue, { ...issue, id: 'x-2', issue_type: 'agent' }].map((line) => JSON.stringify(line)).join('\n');
  const imports: unknown[] = [];
  const { code, out } = await runWith(tmpdir(), ['import', '-', '--from', 'beads'], {
    input,
    federation: {
      execute: (command, args) => {
        imports.push([command, args]);
        const result = {
          ids: { 'x-1': 'task-2026-02-06-001' },
          skipped: [],
          dangling: [{ source_id: 'x-1', depends_on: 'x-9' }],
          cycles: [],
        };
        // The result's type follows the command's, which a stand-in for one command cannot follow.
        return Promise.resolve(JSON.parse(JSON.stringify(result)));
      },
    },
  });
  expect(code).toBe(0);
  expect(imports).toEqual([
    ['import_tasks', { system: 'beads', tasks: [expect.objectContaining({ source_id: 'x-1' })] }],
  ]);
  expect(out).toContain('imported               1');
  expect(out).toContain('not work               1 agent');
  expect(out).toContain('x-1        x-9');
  expect(out).toContain('→ See what is ready');
});

test('status, roster and graph are the resources that clients read', async () => {
  const resource = (uri: string, value: unknown): ResourceDefinition => ({
    uri,
    name: uri,
    title: uri,
    description: uri,
    mimeType: 'application/json',
    read: () => Promise.resolve(value),
    changedBy: () => [],
  });
  const surface = {
    tools: [],
    prompts: [],
    resources: [
      resource('federation://tasks/{task_id}', {}),
      resource('federation://status', { paused: false, next: 'Go on.' }),
      resource('federation://agents', { items: [{ name: 'kimi' }], next: '' }),
      resource('federation://graph', 'graph TD\n  a --> b'),
    ],
  };
  const run = async (...args: string[]): Promise<string> => (await runWith(tmpdir(), args, { surface })).out;
  expect(await run('status')).toBe('paused  no\n→ Go on.\n');
  expect(JSON.parse(await run('status', '--json'))).toEqual({ paused: false, next: 'Go on.' });
  expect(await run('agents')).toContain('kimi');
  expect(await run('queue', 'graph')).toBe('graph TD\n  a --> b\n');
});
