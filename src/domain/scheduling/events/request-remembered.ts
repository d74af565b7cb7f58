import type { EventKind } from '../../event-kind.ts';
import type { TaskId } from '../../names.ts';
import { requestKey } from '../../tasks/request-key.ts';
import { oneLine } from '../../text.ts';

/** A request with an idempotency key: the same again gives these ids. */
export interface RequestRemembered {
  readonly type: 'request_remembered';
  readonly key: string;
  readonly fingerprint: string;
  readonly ids: Readonly<Record<string, TaskId>>;
}

export const requestRemembered: EventKind<RequestRemembered> = {
  type: 'request_remembered',
  description: 'A request with an idempotency key was done; repeating it returns the same ids.',
  fold(state, { key, fingerprint, ids }, { at, by }) {
    state.requests.set(requestKey(by, key), { by, key, fingerprint, ids, at });
  },
  line: ({ key }) => `remembered the request "${oneLine(key, 40)}"`,
  redact: 'nothing',
  news: 'none',
};
