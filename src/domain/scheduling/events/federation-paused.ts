import type { EventKind } from '../../event-kind.ts';
import { because } from '../../event-words.ts';

export interface FederationPaused {
  readonly type: 'federation_paused';
  readonly reason: string | null;
  /** Runs in hand are ended, too. */
  readonly hard?: true;
}

export const federationPaused: EventKind<FederationPaused> = {
  type: 'federation_paused',
  description: 'The federation was paused: nothing is claimed until it is resumed.',
  fold(state, { reason, hard }, { at, by }) {
    const since = state.meta.paused?.since ?? at;
    state.meta = { ...state.meta, paused: { since, by, reason, ...(hard === undefined ? {} : { hard }) } };
  },
  line: ({ reason, hard }) => `paused the federation${hard === true ? ' and its runs' : ''}${because(reason)}`,
  redact: 'nothing',
  news: 'each',
};
