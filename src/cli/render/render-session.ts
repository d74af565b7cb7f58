/** What an agent sees at the start of a session. */
import type { OutputOf } from '../../define-tool.ts';
import type { Session } from '../../views/session-view.ts';
import type { StrangerView } from '../../views/stranger-view.ts';
import type { startSession } from '../../../tools/start-session.ts';
import { renderFields } from '../table.ts';
import { oneLine, section, stacked, type Terminal } from '../terminal.ts';
import { shortId, shortIds } from './ids.ts';
import { pauseWords } from './render-status.ts';
import { listedBrief, renderTasks } from './render-task-list.ts';

type Held = Session['held_here'][number];

export function renderSession(result: OutputOf<typeof startSession>, terminal: Terminal): string {
  return 'may_read' in result ? renderStranger(result, terminal) : renderOwnSession(result, terminal);
}

function renderStranger({ you, may_read, roster, paused }: StrangerView, terminal: Terminal): string {
  return renderFields(terminal, {
    you: you.why,
    'may read': may_read.join(', '),
    agents: roster.map(({ name }) => name).join(', '),
    paused: pauseWords(paused, terminal),
  });
}

function renderOwnSession(session: Session, terminal: Terminal): string {
  const { you, paused, ready, held_here, held_elsewhere, ballots_due, news, inbox, board } = session;
  const held = (tasks: readonly Held[]): string =>
    tasks
      .map(({ task_id, attempt, description }) =>
        oneLine(`${shortId(task_id, terminal)}  attempt ${attempt}  ${description}`),
      )
      .join('\n');
  const fields = renderFields(terminal, {
    you: you.name,
    role: you.role,
    types: you.types?.join(', '),
    identity: you.identity?.path,
    paused: pauseWords(paused, terminal),
    inbox,
    board,
  });
  const count = session.ready_total ?? ready.length;
  const due = ballots_due.map(({ vote_id, question, options }) =>
    oneLine(`${shortId(vote_id, terminal)}  ${question} (${options.join(' | ')})`),
  );
  return stacked([
    fields,
    // They are rules for agents.
    you.kind === 'person'
      ? ''
      : section('principles', session.principles.map((text) => `- ${oneLine(text)}`).join('\n'), terminal),
    section(
      'ready',
      ready.length === 0 ? '' : renderTasks({ items: ready.map(listedBrief), total: count }, terminal),
      terminal,
    ),
    section('held here', held(held_here), terminal),
    section('held elsewhere', held(held_elsewhere), terminal),
    section('ballots due', due.join('\n'), terminal),
    section('news', news.map((line) => shortIds(oneLine(line), terminal)).join('\n'), terminal),
  ]);
}
