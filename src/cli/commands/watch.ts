import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { FederationError } from '../../domain/errors.ts';
import type { Federation } from '../../federation.ts';
import { type BoardView, boardView } from '../../views/board-view.ts';
import { renderBoard, renderBoardOnce } from '../board.ts';
import { command } from '../command.ts';
import { Screen, type ScreenDevice } from '../screen.ts';
import { type Session, withSession } from '../session.ts';
import { Waker } from '../../runner/waker.ts';

/** Frames follow each other by at least this, however many changes there are. */
const frameMs = 100;
/** Ages and who is connected change without an event. */
const slowRefreshMs = 1_000;
/** What a pipe gets of each list. */
const onceLimits = { tasks: 20, events: 20 };
const ctrlC = '\u0003';
const ctrlZ = '\u001A';

export const watch = command({
  path: 'watch',
  about: 'a live board of the federation',
  more:
    'Shows live what is ready, in progress, waiting and recently done, the agents, the inbox and the latest events. ' +
    'q or Ctrl-C quits. Not on a terminal, or with --json, it prints the board once.',
  input: z.strictObject({}),
  examples: ['fed watch', 'fed watch | head -30', 'fed watch --json'],
  run: (_input, context) =>
    withSession(context, async (session) => {
      const device = session.json ? null : context.host.screen();
      if (device === null) await printOnce(session);
      else await follow(session, device, session.signal);
    }),
});

async function printOnce({ federation, show }: Session): Promise<void> {
  const board = await boardView(federation, onceLimits);
  show({ ...board, next: '' }, (terminal) => renderBoardOnce(board, terminal));
}

/** Resolves when the person quits or the signal aborts; the terminal is its own again by then. */
async function follow(
  { federation, terminal }: Pick<Session, 'federation' | 'terminal'>,
  device: ScreenDevice,
  signal: AbortSignal,
): Promise<void> {
  const waker = new Waker();
  const wake = (): void => waker.wake();
  const screen = new Screen(device);
  const wanted = { quit: false, suspend: false };
  const onKeys = (keys: string): void => {
    if (/q/i.test(keys) || keys.includes(ctrlC)) wanted.quit = true;
    else if (keys.includes(ctrlZ)) wanted.suspend = true;
    wake();
  };
  const isOver = (): boolean => wanted.quit || signal.aborted;
  // An observer of who is alive that looks less often than half the grace time would begin afresh each time.
  const refreshMs = Math.min(slowRefreshMs, (federation.config.leases.grace_seconds * 1_000) / 8);
  const unsubscribe = federation.subscribe(wake);
  signal.addEventListener('abort', wake, { once: true });
  try {
    screen.enter({ onKeys, onResize: wake });
    let board: BoardView | null = null;
    while (!isOver()) {
      if (wanted.suspend) {
        wanted.suspend = false;
        await screen.suspend();
      }
      board = await look(federation, board, screen.size.rows);
      const { columns, rows } = screen.size;
      // Erasing the rest of a line that fills the screen's width would take its last character.
      await screen.draw(renderBoard(board, { columns: columns - 1, rows }, terminal));
      await waker.wait(refreshMs);
      if (!isOver()) await sleep(frameMs, undefined, { signal }).catch(() => undefined);
    }
  } finally {
    unsubscribe();
    signal.removeEventListener('abort', wake);
    screen.leave();
  }
}

/** What there is now; where the store cannot be read for a moment, what there was, with a warning. */
async function look(federation: Federation, before: BoardView | null, rows: number): Promise<BoardView> {
  try {
    await federation.refresh();
    return await boardView(federation, { tasks: rows, events: rows });
  } catch (error) {
    if (before === null || !(error instanceof FederationError)) throw error;
    const { message, next } = error.toBody().error;
    return { ...before, warning: { code: 'store-unavailable', message, next } };
  }
}
