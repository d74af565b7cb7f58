/** Where things stand: what needs somebody first, then what goes on by itself, then who is there. */
import stringWidth from 'string-width';
import type { OpenVote, Overview } from '../../views/overview.ts';
import { flow, type Piece } from '../flow.ts';
import { beside, lined, oneLine, padTo, paint, stacked, type Style, type Terminal, wrapTo } from '../terminal.ts';
import { age, ahead, moment } from '../times.ts';
import { agentWords } from './agent-words.ts';
import { headline } from './headline.ts';
import { shortIds } from './ids.ts';
import { whoHas } from './task-words.ts';
import { plural } from '../../domain/phrases.ts';

export function renderStatus(view: Overview, terminal: Terminal): string {
  return stacked([
    headline(
      terminal,
      [view.name, 'bold'],
      view.paused === null ? ['running', 'green'] : [`PAUSED ${pauseWords(view.paused, terminal)}`, 'red'],
      ...(view.board === undefined ? [] : [[`board at ${view.board}`, null] as const]),
      [`scheduling ${view.scheduling}`, view.scheduling === 'on' ? 'dim' : 'yellow'],
    ),
    countLines(view, terminal).join('\n'),
    agentLines(view, terminal).join('\n'),
    voteLines(view.open_votes, terminal).join('\n'),
    trouble(view),
  ]);
}

/** `since 16:40 by reuben: release freeze` */
export function pauseWords(paused: Overview['paused'], terminal: Terminal): string {
  if (paused === null) return '';
  return `since ${moment(paused.since, terminal)} by ${paused.by}${paused.reason === null ? '' : `: ${paused.reason}`}`;
}

type Count = readonly [count: number, name: string, more: string, style?: Style];

function countLines(view: Overview, terminal: Terminal): string[] {
  const { tasks, oldest_need: need, oldest_ready: ready, held_by, overdue, recently, runs = [] } = view;
  const waited = need === null ? '' : `${oldest(need.opened_at, terminal)}: ${shortIds(need.title, terminal)}`;
  const held = Object.entries(held_by).map((agent) => agent.join(' '));
  const ended = countWords([recently.failed, 'failed'], [recently.cancelled, 'cancelled']);
  const counts: readonly Count[] = [
    [view.inbox, view.inbox === 1 ? 'needs you' : 'need you', waited, 'red'],
    [overdue, 'overdue', '', 'red'],
    [tasks.ready, 'ready', ready === null ? '' : readyWords(ready, terminal)],
    [tasks.in_progress, 'in progress', held.join(', ')],
    [runs.length, 'running', runs.map(({ agent, program }) => `${agent} (${program})`).join(', ')],
    [tasks.waiting, 'waiting', waitingWords(view, terminal)],
    [recently.completed + recently.failed + recently.cancelled, 'done in 24 h', ended],
  ];
  const shown = counts.filter(([count]) => count > 0);
  if (shown.length === 0) return ['Nothing is queued, and nothing was done in the last 24 h.'];
  const digits = Math.max(2, ...shown.map(([count]) => String(count).length));
  const names = Math.max(...shown.map(([, name]) => name.length));
  return shown.map(([count, name, more, style = 'bold']) => {
    const head = `${paint(padTo(String(count), digits, 'right'), style, terminal)}  ${padTo(name, names)}`;
    return beside(head, digits + 2 + names + 4, more, terminal);
  });
}

/** `oldest 12 min, for kimi` */
function readyWords(task: NonNullable<Overview['oldest_ready']>, terminal: Terminal): string {
  const who = task.doubtful === 'nobody' ? 'nobody does this' : `for ${whoHas(task, terminal)}`;
  return `${oldest(task.since, terminal)}, ${who}: ${shortIds(task.task_id, terminal)}`;
}

function oldest(since: string, terminal: Terminal): string {
  return `oldest ${terminal.width === null ? 'since ' : ''}${age(since, terminal)}`;
}

export function waitingWords({ waiting }: Pick<Overview, 'waiting'>, terminal: Terminal): string {
  const { tasks, votes, approval, time, until } = waiting;
  const till = until === null ? 'for their time' : `until ${moment(until, terminal)}${time > 1 ? ' or later' : ''}`;
  return countWords([tasks, 'for tasks'], [votes, 'for votes'], [approval, 'for approval'], [time, till]);
}

/** `2 failed, 1 cancelled`; what is nought goes unsaid. */
export function countWords(...facts: readonly (readonly [count: number, what: string])[]): string {
  return facts.flatMap(([count, what]) => (count === 0 ? [] : `${count} ${what}`)).join(', ');
}

/** One for each agent. */
export function agentLines({ agents }: Pick<Overview, 'agents'>, terminal: Terminal): string[] {
  const width = Math.max(0, ...agents.map(({ name }) => stringWidth(name)));
  return agents.map((agent) => {
    const name = padTo(agent.name, width);
    const room = terminal.width === null ? null : Math.max(16, terminal.width - width - 4);
    return `  ${name}  ${flowing(agentWords(agent, terminal), room, terminal).join(`\n${' '.repeat(width + 4)}`)}`;
  });
}

/** Pieces in lines of the room there is; one that is wider is broken between words. */
function flowing(pieces: readonly Piece[], room: number | null, terminal: Terminal): string[] {
  const broken = pieces.flatMap(([text, style = null]) =>
    (room === null ? [text] : wrapTo(oneLine(text), room)).map((part): Piece => [part, style]),
  );
  return flow(broken, ', ', room, terminal);
}

function voteLines(votes: readonly OpenVote[], terminal: Terminal): string[] {
  return votes.map(({ question, status, voted, eligible, deadline }) => {
    const how =
      status === 'escalated'
        ? 'undecided, waits for you'
        : `${voted} of ${eligible} have voted, ${closes(deadline, terminal)}`;
    return beside('  vote', 8, `"${question}"  ${how}`, terminal);
  });
}

export function closes(deadline: string, terminal: Terminal): string {
  return `closes ${terminal.width === null ? 'at ' : ''}${ahead(deadline, terminal)}`;
}

/** What goes wrong beside the work. */
function trouble({ webhook, clock_warnings = [], kept_follow_ups: kept = 0 }: Overview): string {
  const failed = webhook?.failed ?? 0;
  return lined(
    ...clock_warnings,
    kept === 0 ? '' : `${plural(kept, 'kept follow-up')} in the inbox.`,
    webhook?.unapproved === true
      ? 'The webhook sends nothing before you approve it on this machine: fed init asks.'
      : '',
    failed === 0
      ? ''
      : `${plural(failed, 'webhook delivery', 'webhook deliveries')} failed for good: ${webhook?.last_error?.message ?? ''}`,
  );
}
