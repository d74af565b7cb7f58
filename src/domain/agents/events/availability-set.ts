import type { EventKind } from '../../event-kind.ts';
import { because } from '../../event-words.ts';
import { countSeen, countStatus } from '../../metrics/count-agents.ts';
import type { AgentName } from '../../names.ts';
import type { Timestamp } from '../../time.ts';
import type { AvailabilityStatus } from '../agent.ts';
import { agentRecord } from '../agent-record.ts';

export interface AvailabilitySet {
  readonly type: 'availability_set';
  readonly agent: AgentName;
  readonly status: AvailabilityStatus;
  readonly reason: string | null;
  readonly until: Timestamp | null;
  /** The runner found it so. */
  readonly by_runner?: true;
}

export const availabilitySet: EventKind<AvailabilitySet> = {
  type: 'availability_set',
  description: 'An agent became available, busy, standby or offline.',
  count(state, { agent }, meta) {
    countSeen(state, agent, meta);
    countStatus(state, agent, meta);
  },
  fold(state, { agent, status, reason, until, by_runner = false }) {
    state.agents.set(agent, { ...agentRecord(state, agent), status, reason, until, by_runner });
  },
  line: ({ agent, status, reason, until }, by) =>
    `${agent === by ? 'is' : `set ${agent} to`} ${status}${until === null ? '' : ` until ${until}`}${because(reason)}`,
  redact: 'nothing',
  news: 'each',
};
