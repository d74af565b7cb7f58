import type { EventKind } from '../../event-kind.ts';
import { moveDeadlinesByPause } from '../../votes/deadlines.ts';

export interface FederationResumed {
  readonly type: 'federation_resumed';
  readonly release: 'all' | 'none' | 'ask';
}

export const federationResumed: EventKind<FederationResumed> = {
  type: 'federation_resumed',
  description: 'The federation was resumed.',
  fold(state, _event, { at }) {
    if (state.meta.paused !== null) moveDeadlinesByPause(state, state.meta.paused.since, at);
    state.meta = { ...state.meta, paused: null };
  },
  line: () => 'resumed the federation',
  redact: 'nothing',
  news: 'each',
};
