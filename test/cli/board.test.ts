import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderBoard, renderBoardOnce } from '../../src/cli/board.ts';
import { plain } from '../../src/cli/terminal.ts';
import type { BoardTask, BoardView } from '../../src/views/board-view.ts';

const now = '2026-02-06T12:00:00.000Z';

function task(n: number, more: Partial<BoardTask> = {}): BoardTask {
  return {
    task_id: `task-2026-02-06-${String(n).padStart(3, '0')}`,
    status: 'pending',
    type: null,
    priority: 'normal',
    who: 'kimi',
    since: '2026-02-06T11:48:00.000Z',
    progress: null,
    run: null,
    silent: false,
    waits: null,
    description: `Do the thing ${n}`,
    ...more,
  };
}

function column(...items: readonly BoardTask[]) {
  return { total: items.length, items };
}

function board(more: Partial<BoardView> = {}): BoardView {
  const agent = {
    seen: true,
    role: '',
    types: [],
    holds: 1,
    capacity: 3,
    ready: 2,
    open: 3,
    connected: 1,
    status: 'available',
  };
  return {
    name: 'rocket',
    operator: 'reuben',
    now,
    paused: null,
    warning: null,
    config_warnings: [],
    ready: column(task(1, { priority: 'high', who: null })),
    in_progress: column(task(2, { progress: 0.4 })),
    waiting: column(task(3, { waits: { for: 'tasks', ids: ['task-2026-02-06-001', 'task-2026-02-06-002'] } })),
    done_lately: column(task(4, { status: 'completed' }), task(5, { status: 'failed' })),
    agents: [
      { ...agent, name: 'claude' },
      { ...agent, name: 'kimi', status: 'standby', connected: 0, reason: 'rate limit', until: '2026-02-06T14:30:00Z' },
    ],
    inbox: { total: 0, items: [] },
    events: [
      { place: '1.1', at: '2026-02-06T11:59:58.000Z', by: 'kimi', text: 'completed task-2026-02-06-004: "done"' },
    ],
    ...more,
  };
}

const screen = { columns: 120, rows: 36 };
const text = (view: BoardView, size = screen): string => renderBoard(view, size, plain).join('\n');

describe('the board', () => {
  it('shows each status in a column, with who, how long and why not', () => {
    const lines = renderBoard(board(), screen, plain);
    expect(lines[2]).toMatch(/^ READY 1 +IN PROGRESS 1 +WAITING 1 +RECENTLY DONE 2$/);
    expect(lines[3]).toMatch(
      /^ 02-06-001 anyone high 12m +02-06-002 kimi 40% 12m +02-06-003 for 02-06-001 \+1 +✓ 02-06-004 kimi 12m$/,
    );
    expect(lines[4]).toMatch(/^ {3}Do the thing 1 +Do the thing 2 +Do the thing 3 +Do the thing 4$/);
    expect(lines[5]).toMatch(/^ +✗ 02-06-005 kimi 12m$/);
  });

  it('shows the agents, the latest events and how to quit', () => {
    const lines = text(board());
    expect(lines).toContain(' ● claude  available  holds 1/3    2 ready    1 connected');
    expect(lines).toContain(' ○ kimi    standby    holds 1/3    2 ready    not connected  rate limit, back 14:30');
    expect(lines).toContain(' 11:59:58  kimi  completed task-2026-02-06-004: "done"');
    expect(lines.endsWith(' q quits')).toBe(true);
  });

  it('says on top that the federation is paused, the store read-only, and what waits for the operator', () => {
    const view = board({
      paused: { since: '2026-02-05T17:00:00.000Z', by: 'reuben', reason: 'release freeze' },
      warning: { code: 'corrupt-store', message: 'The journal is damaged.', next: '' },
      inbox: { total: 2, items: [{ inbox_id: 'inbox-2026-02-06-002', kind: 'limit', title: 'Too much' }] },
    });
    const lines = renderBoard(view, screen, plain);
    expect(lines[1]).toContain('PAUSED since 02-05 17:00 by reuben: release freeze');
    expect(lines[2]).toContain('READ-ONLY The journal is damaged.');
    expect(lines[3]).toContain('INBOX 2 for reuben  inbox-2026-02-06-002: Too much');
  });

  it('marks work whose process shows no sign of life', () => {
    expect(text(board({ in_progress: column(task(2, { silent: true })) }))).toContain('02-06-002 kimi silent 12m');
  });

  it('says how many tasks have no room', () => {
    const many = Array.from({ length: 40 }, (_, n) => task(n));
    const lines = text(board({ ready: { total: 500, items: many } }));
    const shown = lines.match(/^ 02-06-\d+ kimi/gm)?.length ?? 0;
    expect(shown).toBeGreaterThan(5);
    expect(lines).toContain(` … ${500 - shown} more`);
  });

  it('lets no escape sequence and no line break of an agent reach the terminal', () => {
    const evil = '\u001B[2J\u001B]0;owned\u0007line\nbreak \u202Eright to left';
    const view = board({
      ready: column(task(1, { description: evil, who: evil })),
      events: [{ place: '1.1', at: now, by: evil, text: evil }],
      inbox: { total: 1, items: [{ inbox_id: 'inbox-1', kind: 'limit', title: evil }] },
      paused: { since: now, by: evil, reason: evil },
    });
    for (const lines of [renderBoard(view, screen, plain), renderBoardOnce(view, plain).split('\n')]) {
      for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\u202E]/u);
    }
  });

  it('is exactly as high as any screen and never wider, whatever is on it', () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 80 });
    const tasks = fc
      .array(fc.record({ description: words, who: fc.option(words), n: fc.nat(999) }), { maxLength: 30 })
      .map((items) => column(...items.map(({ n, ...more }) => task(n, more))));
    fc.assert(
      fc.property(
        fc.record({ ready: tasks, in_progress: tasks, done_lately: tasks, name: words }),
        fc.integer({ min: 1, max: 250 }),
        fc.integer({ min: 1, max: 80 }),
        fc.boolean(),
        (parts, columns, rows, colour) => {
          const lines = renderBoard(board(parts), { columns, rows }, { width: columns, colour });
          expect(lines).toHaveLength(rows);
          for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });

  it('keeps columns in line behind wide characters', () => {
    const view = board({ ready: column(task(1, { description: '高い優先度の作業をする 🎉 ようにしてください' })) });
    const lines = renderBoard(view, screen, plain);
    const place = (line: string | undefined, words: string) =>
      stringWidth((line ?? '').slice(0, line?.indexOf(words) ?? 0));
    expect(place(lines[4], 'Do the thing 2')).toBe(place(lines[2], 'IN PROGRESS') + 2);
  });

  it('goes into a pipe whole: every list one below the other, nothing cut', () => {
    const long = 'x'.repeat(300);
    const once = renderBoardOnce(board({ ready: { total: 9, items: [task(1, { description: long })] } }), plain);
    expect(once).toContain(` READY 9\n  task-2026-02-06-001 kimi 12m  ${long}\n  … 8 more\n`);
    expect(once).toContain('\n\n LATEST\n 11:59:58  kimi  completed');
  });
});
