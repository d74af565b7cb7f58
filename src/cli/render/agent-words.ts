/** What a board and a page say of an agent in one line. */
import type { AgentView } from '../../views/queue-views.ts';
import type { Piece } from '../flow.ts';
import type { Terminal } from '../terminal.ts';
import { moment } from '../times.ts';

/** `standby until 19:30 (rate limit)` · `holds 2 of 3` · `3 ready` · `no client connected since 14:02`. */
export function agentWords(agent: AgentView, terminal: Terminal): Piece[] {
  const { holds, capacity, ready } = agent;
  const pieces: Piece[] = [...awayWords(agent, terminal)];
  if (holds > 0) pieces.push([`holds ${holds} of ${capacity}`, 'cyan']);
  if (ready > 0) pieces.push([`${ready} ready`]);
  return [...pieces, ...presenceWords(agent, pieces.length === 0, terminal)];
}

function awayWords({ status, reason, until, fallback }: AgentView, terminal: Terminal): Piece[] {
  if (status === 'available') return [];
  const back = until === undefined ? '' : ` until ${moment(until, terminal)}`;
  const why = reason === undefined ? '' : ` (${reason})`;
  const instead = status === 'standby' && fallback !== undefined ? `; ${fallback} takes its work` : '';
  return [[`${status}${back}${why}${instead}`, 'yellow']];
}

/** An agent with work that nobody is there to do will need somebody. */
function presenceWords(agent: AgentView, isIdle: boolean, terminal: Terminal): Piece[] {
  const { connected, seen, last_seen, ready, status } = agent;
  if (connected > 0) return isIdle ? [[connected === 1 ? 'connected' : `${connected} clients connected`]] : [];
  // Whoever says that it is away is not expected.
  if (status === 'standby' || status === 'offline') return [];
  const style = ready > 0 ? 'yellow' : 'dim';
  if (!seen && last_seen === undefined) return [['not seen yet', style]];
  const since = last_seen === undefined ? '' : ` since ${moment(last_seen, terminal)}`;
  return [[`no client connected${since}`, style]];
}
