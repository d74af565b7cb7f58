import type { EventKind } from '../../event-kind.ts';
import { oneLine } from '../../text.ts';
import type { TaughtExample } from '../taught.ts';

/** A part of a training file; a larger one is taught in several. */
export interface ExamplesTaught {
  readonly type: 'examples_taught';
  readonly source: string;
  readonly fingerprint: string;
  readonly examples: readonly TaughtExample[];
}

export const examplesTaught: EventKind<ExamplesTaught> = {
  type: 'examples_taught',
  description: 'A person taught the router from labelled examples.',
  fold(state, { fingerprint, source, examples }, { at }) {
    state.taught.set(fingerprint, { fingerprint, source, examples: examples.length, at });
  },
  line: ({ source, examples }) => `taught the router ${examples.length} examples from ${oneLine(source, 60)}`,
  redact: 'nothing',
  news: 'each',
};
