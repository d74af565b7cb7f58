import type { EventKind } from '../../event-kind.ts';
import { countSeen } from '../../metrics/count-agents.ts';
import type { AgentName } from '../../names.ts';
import { oneLine } from '../../text.ts';
import { agentRecord } from '../agent-record.ts';

export interface SessionStarted {
  readonly type: 'session_started';
  readonly agent: AgentName;
  readonly client: string | null;
  /** The last record this agent has now been told about. */
  readonly seen: number;
}

export const sessionStarted: EventKind<SessionStarted> = {
  type: 'session_started',
  description: 'An agent started a session.',
  count: (state, { agent }, meta) => countSeen(state, agent, meta),
  fold(state, { agent, client, seen }) {
    state.agents.set(agent, { ...agentRecord(state, agent), last_client: client, seen });
  },
  line: ({ client }) => `started a session${client === null ? '' : ` with ${oneLine(client, 40)}`}`,
  redact: 'nothing',
  news: 'none',
};
