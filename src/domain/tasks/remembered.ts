/** Requests with an idempotency key: the same again gives the first result, other arguments are refused. */
import { hash } from 'node:crypto';
import type { DecisionContext } from '../commands.ts';
import type { EventOf } from '../events.ts';
import type { FederationState } from '../federation-state.ts';
import { requestKey } from './request-key.ts';
import { quote } from '../text.ts';
import { day, toMillis } from '../time.ts';
import type { TaskId } from './task.ts';
import { invalid } from './task-fields.ts';

const keptFor = 30 * day;

export type FirstResult = Readonly<Record<string, TaskId>>;

/** @throws CallerError `invalid` when the key was used with other arguments. */
export function rememberedResult(
  state: FederationState,
  context: DecisionContext,
  key: string | undefined,
  fingerprint: string,
): FirstResult | null {
  if (key === undefined) return null;
  const request = state.requests.get(requestKey(context.actor.name, key));
  if (request === undefined || toMillis(request.at) < toMillis(context.now) - keptFor) return null;
  if (request.fingerprint !== fingerprint) {
    throw invalid(
      'idempotency_key',
      `${quote(key)} was used at ${request.at} with other arguments`,
      'Repeat the original arguments, or use a new key.',
    );
  }
  return request.ids;
}

export function remember(key: string, fingerprint: string, ids: FirstResult): EventOf<'request_remembered'> {
  return { type: 'request_remembered', key, fingerprint, ids };
}

/** The same for the same arguments, in whatever order their fields came. */
export function fingerprintOf(command: string, args: unknown): string {
  return hash('sha256', `${command}${JSON.stringify(sorted(args))}`).slice(0, 24);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, field]) => [name, sorted(field)]));
}
