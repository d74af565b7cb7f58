import { z } from 'zod';
import { boardView } from '../../views/board-view.ts';
import { followBoard } from '../board/follow-board.ts';
import { renderBoardOnce } from '../board/render-board.ts';
import { command } from '../command.ts';
import { type Session, withSession } from '../session.ts';

/** What a pipe gets of each list. */
const onceLimits = { tasks: 20, events: 20 };

export const watch = command({
  path: 'watch',
  about: 'a live board of the federation',
  more:
    'Shows live what is ready, in progress, recently done and waiting, what needs you, votes, the agents and the ' +
    'latest events. Arrows mark a task, enter shows it, a answers an inbox item, / filters, p pauses, ? lists the keys, ' +
    'q or Ctrl-C quits. Not on a terminal, or with --json, it prints the board once.',
  input: z.strictObject({}),
  examples: ['fed watch', 'fed watch | head -30', 'fed watch --json'],
  run: (_input, context) =>
    withSession(context, async (session) => {
      const device = session.json ? null : context.host.screen();
      if (device === null) await printOnce(session);
      else await followBoard(session, device);
    }),
});

async function printOnce({ federation, show }: Session): Promise<void> {
  const board = await boardView(federation, onceLimits);
  show({ ...board, next: '' }, (terminal) => renderBoardOnce(board, terminal));
}
