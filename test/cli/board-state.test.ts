/** What keys do on the board: pure, from state to state. */
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { type BoardState, type Effect, markedPlace, press, untouched } from '../../src/cli/board/board-state.ts';
import { keysIn, withoutLast } from '../../src/cli/board/keys.ts';
import { renderBoard } from '../../src/cli/board/render-board.ts';
import { type BoardView, boardView } from '../../src/views/board-view.ts';
import { everything } from '../support/board-scenes.ts';

let view: BoardView;
let close = async (): Promise<void> => {};
beforeAll(async () => {
  const { federation } = await everything();
  close = () => federation.close();
  view = await boardView(federation, { tasks: 50, events: 10 });
});
afterAll(() => close());

/** What a row of keys leads to. */
function type(keys: readonly string[], from: BoardState = untouched): { state: BoardState; effects: Effect[] } {
  const effects: Effect[] = [];
  let state = from;
  for (const key of keys) {
    const step = press(state, key, view, 10);
    state = step.state;
    if (step.effect !== null) effects.push(step.effect);
  }
  return { state, effects };
}

const place = (state: BoardState): number => markedPlace(state, state.column, view[state.column].items);
const screenOf = (state: BoardState): string =>
  renderBoard(view, state, { columns: 79, rows: 24 }, { width: 79, colour: false, zone: 'UTC' }).join('\n');

test('what is typed comes as keys: named, or one character as people see it', () => {
  expect(keysIn('j\u001B[A\u001BOB\t\u001B[Z\r\u007F\u0003é高')).toEqual([
    'j',
    '<up>',
    '<down>',
    '<tab>',
    '<back-tab>',
    '<enter>',
    '<backspace>',
    '<ctrl-c>',
    'é',
    '高',
  ]);
  expect(keysIn('\u001B')).toEqual(['<escape>']);
  expect(keysIn('\u001B[15;2~\u0001x')).toEqual(['x']);
  expect(withoutLast('né')).toBe('n');
});

describe('on the board', () => {
  it.each([
    [['j', 'j', '<down>'], 3],
    [['j', 'j', 'k'], 1],
    [['k'], 0],
    [['<page-down>', '<up>'], 9],
    [['G'], 49],
    [['G', 'g'], 0],
  ])('%j marks task %i of the column', (keys, index) => {
    expect(place(type(keys).state)).toBe(index);
  });

  it.each([
    [['<tab>'], 'in_progress'],
    [['l', '<right>', '<right>', '<tab>'], 'ready'],
    [['<back-tab>'], 'waiting'],
    [['l', 'h', '<left>'], 'waiting'],
  ])('%j goes to the column %s', (keys, column) => {
    expect(type(keys).state.column).toBe(column);
  });

  it('keeps the mark on its task when others come before it, and at its place when it has gone', () => {
    const { state } = type(['j', 'j']);
    const [first, second, third, ...rest] = view.ready.items;
    expect(first && second && third).toBeDefined();
    const items = [third, first, second].flatMap((task) => task ?? []);
    expect(markedPlace(state, 'ready', [...rest.slice(0, 2), ...items])).toBe(2);
    expect(markedPlace(state, 'ready', rest)).toBe(2);
    expect(markedPlace(state, 'ready', rest.slice(0, 1))).toBe(0);
    expect(markedPlace(state, 'ready', [])).toBe(0);
  });

  it.each([['q'], ['<ctrl-c>']])('%s quits', (key) => {
    expect(type([key]).effects).toEqual([{ do: 'quit' }]);
  });

  it('opens the marked task, scrolls it, and goes back', () => {
    const { state } = type(['j', '<enter>', 'j', 'j', 'k']);
    expect(state.dialog).toEqual({ kind: 'task', task_id: view.ready.items[1]?.task_id, top: 1 });
    expect(type(['<escape>'], state).state.dialog).toBeNull();
  });

  it('pauses only when it is said twice, and resumes where it is paused', () => {
    expect(type(['p', 'y']).effects).toEqual([{ do: 'resume' }]);
    expect(type(['p', 'n']).effects).toEqual([]);
    expect(screenOf(type(['p']).state)).toContain('\nResume?\ny yes  any other key no');
    const step = press(untouched, 'p', { ...view, paused: null }, 10);
    expect(press(step.state, 'y', { ...view, paused: null }, 10).effect).toEqual({ do: 'pause' });
  });

  it('filters while it is typed, keeps it on enter, and shows all again on escape', () => {
    const { state } = type(['/', 'p', 'a', 'r', 's', 'x', '<backspace>']);
    expect(state).toMatchObject({ filter: 'pars', dialog: { kind: 'filter', text: 'pars' } });
    expect(screenOf(state)).toContain('\n/pars▏  ⏎ keep  esc all');
    const kept = type(['<enter>'], state).state;
    expect(kept).toMatchObject({ filter: 'pars', dialog: null });
    expect(screenOf(kept)).toContain('\n/pars  ');
    expect(type(['<escape>'], kept).state.filter).toBe('');
    // A q that is typed into it is a letter.
    expect(type(['/', 'q']).effects).toEqual([]);
  });

  it('lists its keys', () => {
    const { state } = type(['?']);
    expect(screenOf(state)).toContain('answer an item of the inbox');
    expect(type(['j'], state).state).toEqual(untouched);
  });
});

describe('answering the inbox from the board', () => {
  const at = (kind: string): number => view.inbox.items.findIndex((item) => item.kind === kind);
  const down = (count: number): string[] => Array.from({ length: count }, () => 'j');

  it('picks the item, then one of the actions it offers', () => {
    const { state } = type(['a']);
    expect(screenOf(state)).toContain('Answer which?\n\n› 1  11-28-010 needs approval');
    const { effects } = type(['<enter>', '1'], state);
    expect(effects).toEqual([{ do: 'answer', draft: { inbox_id: view.inbox.items[0]?.inbox_id, action: 'approve' } }]);
  });

  it('asks for the option where a vote is decided', () => {
    const { state } = type(['a', ...down(at('vote')), '<enter>', '<enter>']);
    expect(screenOf(state)).toMatch(/is undecided \(tie\): Tabs or spaces\?\n\n› 1 {2}tabs\n {2}2 {2}spaces\n/);
    expect(type(['2'], state).effects).toMatchObject([{ do: 'answer', draft: { action: 'decide', choice: 'spaces' } }]);
  });

  it('asks for the agent where a task is given to someone else', () => {
    const { state } = type(['a', ...down(at('task-failed')), '<enter>', 'j', '<enter>']);
    expect(state.dialog).toMatchObject({ kind: 'pick', title: 'To whom?', picks: 'to_agent' });
    expect(type(['3'], state).effects).toMatchObject([{ draft: { action: 'reassign', to_agent: 'copilot' } }]);
  });

  it('asks for the words where a question is answered', () => {
    const question = {
      inbox_id: 'inbox-2026-11-28-099',
      kind: 'question',
      title: 'kimi asks: may I?',
      opened_at: view.now,
      actions: ['answer', 'dismiss'],
    } as const;
    const asked = { ...view, inbox: { total: 1, items: [question] } };
    const keys = ['a', '<enter>', '<enter>', 'Y', 'e', 's', 'q', '<backspace>', '<enter>'];
    let state = untouched;
    let effect: Effect | null = null;
    for (const key of keys) ({ state, effect } = press(state, key, asked, 10));
    expect(effect).toEqual({ do: 'answer', draft: { inbox_id: question.inbox_id, action: 'answer', note: 'Yes' } });
  });

  it('says so where somebody else has answered meanwhile, and where there is nothing to answer', () => {
    const { state } = type(['a']);
    const empty = { ...view, inbox: { total: 0, items: [] } };
    expect(press(state, '<enter>', empty, 10).state.message).toBe('It is answered already.');
    expect(press(untouched, 'a', empty, 10).state.message).toBe('Nothing waits for you.');
  });
});
