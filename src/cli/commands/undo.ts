import { z } from 'zod';
import { briefTask } from '../../views/task-views.ts';
import { renderItems, sessionCommand } from '../command.ts';
import { shortIds } from '../render/ids.ts';
import { oneLine, stacked } from '../terminal.ts';
import { ago } from '../times.ts';

export const undo = sessionCommand({
  path: 'undo',
  about: 'undo your last change',
  more:
    'Shows what you changed last and takes it back, where nothing has come of it: cancel, reassign, edit, approve, ' +
    'pause, schedule on or off, analytics optimize --apply, a dismissed inbox item. Repeat it to go further back. ' +
    'Anything else says what to do instead.',
  input: z.strictObject({ item_id: z.string().min(1).max(60).optional() }),
  arguments: [['[id]', 'item_id', 'a task, vote or inbox item: your last change to it']],
  examples: ['fed undo', 'fed undo task-2026-02-06-001'],
  do: async ({ item_id: id }, { federation, actor }) => {
    const { undone, tasks, left } = await federation.execute('undo_change', { id }, actor());
    const items = tasks.map((task) => briefTask(federation.state(), task));
    return { undone, tasks: items, left, next: left.length === 0 ? '' : `Changed since, so left: ${left.join(', ')}.` };
  },
  render: ({ undone, tasks }, terminal) =>
    stacked([
      undone.map(({ at, what }) => `Undone: ${shortIds(oneLine(what), terminal)} (${ago(at, terminal)})`).join('\n'),
      renderItems(tasks, terminal),
    ]),
});
