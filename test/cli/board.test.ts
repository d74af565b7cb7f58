import fc from 'fast-check';
import stringWidth from 'string-width';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BoardState, untouched } from '../../src/cli/board/board-state.ts';
import { renderBoard, renderBoardOnce } from '../../src/cli/board/render-board.ts';
import { plain, type Terminal } from '../../src/cli/terminal.ts';
import { type BoardView, boardView } from '../../src/views/board-view.ts';
import type { TaskRow } from '../../src/views/task-rows.ts';
import { everything, fiveTasks, nothingYet } from '../support/board-scenes.ts';

const now = '2026-02-06T12:00:00.000Z';
const utc: Terminal = { width: 120, colour: false, zone: 'UTC' };

function task(n: number, more: Partial<TaskRow> = {}): TaskRow {
  return {
    task_id: `task-2026-02-06-${String(n).padStart(3, '0')}`,
    status: 'pending',
    type: null,
    priority: 'normal',
    from_agent: 'reuben',
    to_agent: 'kimi',
    description: `Do the thing ${n}`,
    created_at: '2026-02-06T11:48:00.000Z',
    since: '2026-02-06T11:48:00.000Z',
    deadline: null,
    progress: null,
    holding: null,
    done_by: null,
    waits: null,
    doubtful: null,
    ...more,
  };
}

const held = {
  agent: 'kimi',
  attempt: 1,
  since: '2026-02-06T11:48:00.000Z',
  until: '2026-02-06T12:21:00.000Z',
  client: 'kimi-code',
  silent: false,
};

function column(...items: readonly TaskRow[]) {
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
    ready: column(task(1, { priority: 'high', to_agent: null })),
    in_progress: column(task(2, { status: 'in-progress', progress: 0.4, holding: held })),
    recently_done: column(
      task(4, { status: 'completed', done_by: 'kimi' }),
      task(5, { status: 'failed', done_by: 'kimi' }),
    ),
    waiting: column(task(3, { waits: { for: 'tasks', ids: ['task-2026-02-06-001', 'task-2026-02-06-002'] } })),
    waits: { tasks: 1, votes: 0, approval: 0, time: 0, until: null },
    ended: { completed: 1, failed: 1, cancelled: 0 },
    agents: [
      { ...agent, name: 'claude' },
      {
        ...agent,
        name: 'kimi',
        status: 'standby',
        connected: 0,
        reason: 'rate limit',
        until: '2026-02-06T14:30:00.000Z',
      },
    ],
    inbox: { total: 0, items: [] },
    votes: [],
    events: [
      { place: '1.1', at: '2026-02-06T11:59:58.000Z', by: 'kimi', text: 'completed task-2026-02-06-004: "done"' },
    ],
    ...more,
  };
}

function need(title: string, more: object = {}): BoardView['inbox']['items'][number] {
  return {
    inbox_id: 'inbox-2026-02-06-002',
    kind: 'limit',
    title,
    opened_at: '2026-02-06T11:20:00.000Z',
    actions: ['dismiss'],
    ...more,
  };
}

const screen = { columns: 120, rows: 36 };
const frame = (view: BoardView, size = screen, state: BoardState = untouched) => renderBoard(view, state, size, utc);
const text = (view: BoardView, size = screen, state: BoardState = untouched): string =>
  frame(view, size, state).join('\n');

describe('the board', () => {
  it('shows each status in a column, with who, how long and why not', () => {
    const lines = frame(board());
    expect(lines[1]).toMatch(/^READY 1 +IN PROGRESS 1 +RECENTLY DONE 2 +WAITING 1$/);
    expect(lines[2]).toMatch(
      /^›001 anyone high +12m +002 kimi 40% +21m left +✓ 004 kimi +12m +003 after 02-06-001 \+1$/,
    );
    expect(lines[3]).toMatch(/^ Do the thing 1 +Do the thing 2 +Do the thing 4 +Do the thing 3$/);
    expect(lines[4]).toMatch(/^ +✗ 005 kimi +12m$/);
  });

  it('says on top what it is about, what needs the operator, and what time it is where he sits', () => {
    const votes = [
      {
        vote_id: 'vote-2026-02-06-001',
        status: 'active',
        question: 'LRU or ARC?',
        voted: 2,
        eligible: 3,
        deadline: '2026-02-06T15:00:00.000Z',
      },
    ] as const;
    const view = board({ votes, inbox: { total: 2, items: [need('Too much'), need('More')] } });
    expect(frame(view)[0]).toMatch(/^rocket · running +2 need you · 1 vote open +12:00 UTC$/);
    expect(text(view)).toContain('\nVOTES 1\n LRU or ARC?  2 of 3 voted, closes in 3 h\n');
    expect(text(view)).toContain('\nNEEDS YOU 2\n  40m  Too much\n  40m  More\n');
  });

  it('shows the agents with why and until when they are away, the latest events and the keys', () => {
    const lines = text(board());
    expect(lines).toContain('\n ● claude  holds 1 of 3, 2 ready\n');
    expect(lines).toContain('\n ○ kimi    standby until 14:30 (rate limit), holds 1 of 3, 2 ready\n');
    expect(lines).toContain('\n 11:59  kimi  completed 02-06-004: "done"\n');
    expect(lines.endsWith('\n↑↓ move  ⏎ open  a answer  / filter  p pause  ? keys  q quit')).toBe(true);
  });

  it('says that it is paused, by whom and why, and what is wrong with the store and the configuration', () => {
    const view = board({
      paused: { since: '2026-02-05T17:00:00.000Z', by: 'reuben', reason: 'release freeze' },
      warning: { code: 'corrupt-store', message: 'The journal is damaged.', next: '' },
      config_warnings: ['config.json:2: operator: expected text', 'and this'],
    });
    const lines = frame(view);
    expect(lines[0]).toContain('rocket · PAUSED since yesterday 17:00 by reuben: release freeze');
    expect(lines[1]).toBe('READ-ONLY The journal is damaged.');
    expect(lines[2]).toBe('CONFIGURATION config.json:2: operator: expected text (and 1 more)');
  });

  it('marks work whose process shows no sign of life, and work that nobody will take', () => {
    const silent = task(2, { status: 'in-progress', holding: { ...held, silent: true } });
    const view = board({
      in_progress: column(silent),
      ready: column(
        task(6, { type: 'security', to_agent: null, doubtful: 'nobody' }),
        task(7, { doubtful: 'not-seen' }),
      ),
    });
    expect(text(view)).toMatch(/002 kimi +silent/);
    expect(text(view)).toMatch(/›006 nobody +12m/);
    expect(text(view)).toMatch(/007 kimi\? +12m/);
  });

  it('leaves every description at least 24 columns from 60 columns on, and uses the room of short lists for long ones', () => {
    const long = 'word '.repeat(12).trim();
    for (const columns of [59, 79, 119]) {
      const lines = frame(board({ ready: column(task(1, { description: long })) }), { columns, rows: 24 });
      expect(lines[3]).toMatch(/^( word){4}/);
      expect(lines.join('\n')).not.toContain('word…');
    }
  });

  it('puts columns that have no room into a line each, and brings the one that is marked', () => {
    const small = { columns: 79, rows: 24 };
    expect(text(board(), small)).toMatch(/\nREADY 1 +IN PROGRESS 1 +RECENTLY DONE 2\n/);
    expect(text(board(), small)).toContain('\nWAITING 1  1 for tasks\n');
    expect(text(board(), small, { ...untouched, column: 'waiting' })).toMatch(
      /\nIN PROGRESS 1 +RECENTLY DONE 2 +WAITING 1\n/,
    );
  });

  it('says how many tasks have no room, and keeps the marked one in sight', () => {
    const many = Array.from({ length: 60 }, (_, n) => task(n));
    const view = board({ ready: { total: 500, items: many } });
    const lines = text(view);
    const shown = lines.match(/^[ ›]\d{3} kimi/gm)?.length ?? 0;
    expect(shown).toBeGreaterThan(5);
    expect(lines).toContain(` ↓ ${500 - shown} more`);
    const down = { ...untouched, marks: { ...untouched.marks, ready: { id: 'task-2026-02-06-040', place: 40 } } };
    expect(text(view, screen, down)).toMatch(/^›040 kimi/m);
    expect(text(view, screen, down)).toMatch(new RegExp(`^ ↑ ${41 - shown}  ↓ 459 more`, 'm'));
  });

  it('says how to begin where there is nothing, and that a filter hides what there is', () => {
    const none = column();
    const view = board({ ready: none, in_progress: none, recently_done: none, waiting: none });
    expect(text(view)).toContain('\n  fed queue add "Write the release notes" --to auto\n');
    expect(text(view, screen, { ...untouched, filter: 'zebra' })).toContain(
      'No task has "zebra" in it; esc shows all again.',
    );
  });

  it('lets no escape sequence and no line break of an agent reach the terminal', () => {
    const evil = '\u001B[2J\u001B]0;owned\u0007line\nbreak \u202Eright to left';
    const view = board({
      ready: column(task(1, { description: evil, to_agent: evil })),
      events: [{ place: '1.1', at: now, by: evil, text: evil }],
      inbox: { total: 1, items: [need(evil, { about: evil, detail: evil })] },
      paused: { since: now, by: evil, reason: evil },
      votes: [{ vote_id: 'vote-1', status: 'active', question: evil, voted: 0, eligible: 1, deadline: now }],
    });
    const options = [{ value: 'x', label: evil, more: evil }];
    const states: BoardState[] = [
      untouched,
      { ...untouched, filter: evil, message: evil },
      { ...untouched, dialog: { kind: 'filter', text: evil } },
      { ...untouched, dialog: { kind: 'pick', title: evil, picks: 'inbox_id', options, at: 0, draft: {} } },
      { ...untouched, dialog: { kind: 'note', title: evil, text: evil, draft: { inbox_id: 'x' } } },
    ];
    for (const lines of [
      ...states.map((state) => frame(view, screen, state)),
      renderBoardOnce(view, plain).split('\n'),
    ]) {
      for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\u202E]/u);
    }
  });

  it('is exactly as high as any screen and never wider, whatever is on it', () => {
    const words = fc.string({ unit: 'grapheme', maxLength: 80 });
    const tasks = fc
      .array(fc.record({ description: words, to_agent: fc.option(words), n: fc.nat(999) }), { maxLength: 30 })
      .map((items) => column(...items.map(({ n, ...more }) => task(n, more))));
    const inbox = fc
      .array(words, { maxLength: 9 })
      .map((titles) => ({ total: titles.length, items: titles.map((title) => need(title)) }));
    fc.assert(
      fc.property(
        fc.record({ ready: tasks, in_progress: tasks, recently_done: tasks, name: words, inbox }),
        fc.integer({ min: 1, max: 250 }),
        fc.integer({ min: 1, max: 80 }),
        fc.boolean(),
        fc.constantFrom('ready', 'in_progress', 'recently_done', 'waiting'),
        (parts, columns, rows, colour, marked) => {
          const state = { ...untouched, column: marked };
          const lines = renderBoard(board(parts), state, { columns, rows }, { ...utc, width: columns, colour });
          expect(lines).toHaveLength(rows);
          for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });

  it('keeps columns in line behind wide characters', () => {
    const view = board({ ready: column(task(1, { description: '高い優先度の作業をする 🎉 ようにしてください' })) });
    const lines = frame(view);
    const place = (line: string | undefined, words: string) =>
      stringWidth((line ?? '').slice(0, line?.indexOf(words) ?? 0));
    expect(place(lines[3], 'Do the thing 2')).toBe(place(lines[1], 'IN PROGRESS') + 1);
  });

  it('goes into a pipe whole: every list one below the other, nothing cut, ids and times in full', () => {
    const long = 'x'.repeat(300);
    const once = renderBoardOnce(board({ ready: { total: 9, items: [task(1, { description: long })] } }), plain);
    expect(once).toMatch(
      new RegExp(`^READY 9\n  ID .*\n  task-2026-02-06-001 .* 2026-02-06T11:48:00.000Z  ${long}\n  1 of 9$`, 'm'),
    );
    expect(once).toContain('\n\nLATEST\n 2026-02-06T11:59:58.000Z  kimi  completed task-2026-02-06-004');
  });
});

describe('the board of a federation', () => {
  const scenes = [
    ['nothing', nothingYet],
    ['5 tasks', fiveTasks],
    ['300 tasks, votes, an inbox and a pause', everything],
  ] as const;

  describe.each(scenes)('with %s', (name, make) => {
    let view: BoardView;
    let close = async (): Promise<void> => {};
    beforeAll(async () => {
      const { federation } = await make();
      close = () => federation.close();
      view = { ...(await boardView(federation, { tasks: 50, events: 50 })), name: 'resolver' };
    });
    afterAll(() => close());

    it.each([
      [60, 20],
      [80, 24],
      [120, 40],
      [200, 50],
    ])('looks so at %i × %i', async (columns, rows) => {
      const lines = renderBoard(
        view,
        untouched,
        { columns: columns - 1, rows },
        { width: columns, colour: false, zone: 'Europe/Berlin' },
      );
      expect(lines).toHaveLength(rows);
      const file = `${name.replaceAll(/\W+/g, '-')}-${columns}x${rows}.txt`;
      await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`../__boards__/${file}`);
    });
  });
});
