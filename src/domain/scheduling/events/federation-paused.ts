import type { EventKind } from '../../event-kind.ts';
import { because } from '../../event-words.ts';

export interface FederationPaused {
  readonly type: 'federation_paused';
  readonly reason: string | null;
}

export const federationPaused: EventKind<FederationPaused> = {
  type: 'federation_paused',
  description: 'The federation was paused: nothing is claimed until it is resumed.',
  fold(state, { reason }, { at, by }) {
    state.meta = { ...state.meta, paused: { since: at, by, reason } };
  },
  line: ({ reason }) => `paused the federation${because(reason)}`,
  redact: 'nothing',
  news: 'each',
};
