/**
 * What the program knows of one kind of event, all in one place. A kind is a file in the `events/` folder of its area
 * and an entry in the table of `events.ts`, from which everything else follows.
 *
 * Fields of an event are facts that `fold` needs without asking anyone: no event depends on the configuration of the
 * process that reads it.
 */
import type { FederationState } from './federation-state.ts';
import type { Timestamp } from './time.ts';

/** The envelope's part of an event. */
export interface EventMeta {
  readonly at: Timestamp;
  readonly by: string;
}

export interface EventKind<Event extends { readonly type: string }> {
  readonly type: Event['type'];
  /** What it records, in one sentence: `docs/events.md`. */
  readonly description: string;
  /** Adds to the metrics. Runs before the event is folded: it reads tasks and votes as they were. */
  count?(state: FederationState, event: Event, meta: EventMeta): void;
  /** Changes the state. The same for ever: journals are never rewritten. */
  fold(state: FederationState, event: Event, meta: EventMeta): void;
  /**
   * What happened, without who and when: one line of the log. Must give away no ballot. `by` stands before it, and is
   * not named again.
   */
  line(event: Event, by: string): string;
  /**
   * The event as it may be shown to whoever reads the log. There is no default: whoever adds a kind says that nothing
   * in it is secret, or leaves out ballots, the keys that seal them, and the counts they lead to.
   */
  readonly redact: 'nothing' | ((event: Event) => Readonly<Record<string, unknown>>);
  /** In an agent's news: not told, told one by one, or told together as what one participant did: `queued 3 tasks`. */
  readonly news: 'none' | 'each' | { readonly together: string };
}
