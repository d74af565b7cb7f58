import type { EventKind } from '../../event-kind.ts';

export interface SchedulingSwitched {
  readonly type: 'scheduling_switched';
  readonly on: boolean;
}

export const schedulingSwitched: EventKind<SchedulingSwitched> = {
  type: 'scheduling_switched',
  description: 'Automatic scheduling was switched on or off.',
  fold(state, { on }) {
    state.meta = { ...state.meta, scheduling: on };
  },
  line: ({ on }) => `switched automatic scheduling ${on ? 'on' : 'off'}`,
  redact: 'nothing',
  news: 'each',
};
