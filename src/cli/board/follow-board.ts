/** The board on a real screen: draws what there is, follows what changes, does what keys ask for. */
import { setTimeout as sleep } from 'node:timers/promises';
import { answerInbox } from '../../../tools/answer-inbox.ts';
import { pauseFederation } from '../../../tools/pause-federation.ts';
import { resumeFederation } from '../../../tools/resume-federation.ts';
import { FederationError } from '../../domain/errors.ts';
import { type BoardView, boardView } from '../../views/board-view.ts';
import { taskInContext } from '../../views/task-in-context.ts';
import { callTool } from '../command.ts';
import { renderTask } from '../render/render-task-in-full.ts';
import { Screen, type ScreenDevice } from '../screen.ts';
import type { Session } from '../session.ts';
import { Waker } from '../../runner/waker.ts';
import { type BoardState, columnNames, type Effect, markedPlace, press, untouched } from './board-state.ts';
import { keysIn } from './keys.ts';
import { renderBoard, type Size } from './render-board.ts';

/** Frames follow each other by at least this, however many changes there are; a key is answered at once. */
const frameMs = 100;
/** Ages and who is connected change without an event. */
const slowRefreshMs = 1_000;

/** Resolves when the person quits or the signal aborts; the terminal is its own again by then. */
export async function followBoard(session: Session, device: ScreenDevice): Promise<void> {
  const { federation, terminal, signal } = session;
  const waker = new Waker();
  const wake = (): void => waker.wake();
  const screen = new Screen(device);
  const typed: string[] = [];
  const onKeys = (text: string): void => {
    typed.push(...keysIn(text));
    wake();
  };
  // An observer of who is alive that looks less often than half the grace time would begin afresh each time.
  const refreshMs = Math.min(slowRefreshMs, (federation.config.leases.grace_seconds * 1_000) / 8);
  const unsubscribe = federation.subscribe(wake);
  signal.addEventListener('abort', wake, { once: true });
  let state = untouched;
  let board: BoardView | null = null;
  let isOver = false;
  try {
    screen.enter({ onKeys, onResize: wake });
    while (!isOver && !signal.aborted) {
      board = await look(session, board, state, screen.size);
      const keys = typed.splice(0);
      for (const key of keys) {
        const step = press(state, key, board, Math.max(1, Math.floor(screen.size.rows / 3)));
        state = step.state;
        if (step.effect?.do === 'quit') isOver = true;
        else if (step.effect?.do === 'suspend') await screen.suspend();
        else if (step.effect !== null) state = { ...state, message: await done(step.effect, session) };
      }
      if (isOver) break;
      // What keys have changed may show more, or other tasks.
      if (keys.length > 0) board = await look(session, board, state, screen.size);
      const { columns, rows } = screen.size;
      // Erasing the rest of a line that fills the screen's width would take its last character.
      const size = { columns: columns - 1, rows };
      await screen.draw(renderBoard(board, state, size, terminal, pageOf(session, state, size)));
      await waker.wait(refreshMs);
      if (typed.length === 0 && !signal.aborted) await sleep(frameMs, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', wake);
    screen.leave();
  }
}

/** What there is now; where the store cannot be read for a moment, what there was, with a warning. */
async function look(
  { federation }: Session,
  before: BoardView | null,
  state: BoardState,
  { rows }: Size,
): Promise<BoardView> {
  try {
    const marked = before === null ? [] : columnNames.map((name) => markedPlace(state, name, before[name].items));
    return await boardView(federation, { tasks: rows + Math.max(0, ...marked), events: rows, filter: state.filter });
  } catch (error) {
    if (before === null || !(error instanceof FederationError)) throw error;
    const { message, next } = error.toBody().error;
    return { ...before, warning: { code: 'store-unavailable', message, next } };
  }
}

/** The task that is shown in full, in lines. */
function pageOf({ federation, terminal }: Session, { dialog }: BoardState, { columns }: Size): readonly string[] {
  if (dialog?.kind !== 'task') return [];
  const task = federation.state().tasks.get(dialog.task_id);
  if (task === undefined) return ['It has left the board: fed queue show has it.'];
  const page = { ...terminal, width: columns, colour: false };
  return renderTask({ task: taskInContext(federation, task) }, page).split('\n');
}

/** Does what was asked for and says what came of it. */
async function done(effect: Exclude<Effect, { do: 'quit' | 'suspend' }>, session: Session): Promise<string> {
  try {
    switch (effect.do) {
      case 'pause':
        await callTool(pauseFederation, {}, session);
        return 'Paused.';
      case 'resume':
        await callTool(resumeFederation, {}, session);
        return 'Resumed.';
      case 'answer': {
        const { inbox_id, action = 'dismiss', ...more } = effect.draft;
        await callTool(answerInbox, { inbox_id, action, ...more }, session);
        return `Done: ${action}.`;
      }
    }
  } catch (error) {
    if (error instanceof FederationError) return error.message;
    throw error;
  }
}
