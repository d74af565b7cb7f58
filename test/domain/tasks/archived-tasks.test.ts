import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UndoLog } from '../../../src/domain/table.ts';
import { ArchivedTasks } from '../../../src/domain/tasks/archived-tasks.ts';
import { type ArchivedTask, failurePolicies } from '../../../src/domain/tasks/task.ts';

const archived: fc.Arbitrary<ArchivedTask> = fc.record({
  task_id: fc
    .tuple(fc.constantFrom('2026-02-06', '2026-02-07'), fc.constantFrom(1, 2, 999, 1_000, 1_001, 12_345, 123_456_789))
    .map(([day, count]) => `task-${day}-${String(count).padStart(3, '0')}`),
  status: fc.constantFrom('completed', 'failed', 'cancelled'),
  on_failure: fc.constantFrom(...failurePolicies),
});

function contents(tasks: ArchivedTasks): unknown {
  const rows = [...tasks.values()].sort((a, b) => (a.task_id < b.task_id ? -1 : 1));
  return { rows, size: tasks.size, counts: { ...tasks.counts } };
}

describe('archived tasks', () => {
  it('are told apart by id, forgotten when taken back, and the same from a checkpoint', () => {
    fc.assert(
      fc.property(fc.array(archived), fc.array(archived), (kept, tried) => {
        const undo = new UndoLog();
        const tasks = new ArchivedTasks(undo);
        for (const task of kept) tasks.set(task);
        const expected = new Map(kept.map((task) => [task.task_id, task]));
        const before = contents(tasks);
        expect(before).toMatchObject({ size: expected.size });
        expect([...tasks.values()].toSorted((a, b) => (a.task_id < b.task_id ? -1 : 1))).toEqual(
          [...expected.values()].toSorted((a, b) => (a.task_id < b.task_id ? -1 : 1)),
        );
        undo.begin();
        for (const task of tried) {
          tasks.set(task);
          expect(tasks.get(task.task_id)).toEqual(task);
        }
        undo.rollback();
        expect(contents(tasks)).toEqual(before);
        for (const { task_id } of tried) expect(tasks.has(task_id)).toBe(expected.has(task_id));
        const restored = new ArchivedTasks(new UndoLog());
        restored.restore(JSON.parse(JSON.stringify(tasks.toRows())));
        expect(contents(restored)).toEqual(before);
        expect(restored.toRows()).toEqual(tasks.toRows());
      }),
    );
  });

  it('take a byte each in a checkpoint', () => {
    const tasks = new ArchivedTasks(new UndoLog());
    for (let n = 1; n <= 10_000; n += 1) {
      tasks.set({
        task_id: `task-2026-02-06-${String(n).padStart(3, '0')}`,
        status: 'completed',
        on_failure: 'block',
      });
    }
    expect(JSON.stringify(tasks.toRows()).length).toBeLessThan(12_000);
  });
});
