/** What a store folds into, to be compared exactly. */
import { evolve } from '../../src/domain/evolve.ts';
import { FederationState } from '../../src/domain/federation-state.ts';
import { openJournalStore } from '../../src/store/journal/journal-store.ts';

export interface Folded {
  readonly sections: Readonly<Record<string, readonly unknown[]>>;
  readonly records: number;
  readonly last: { readonly seq: number; readonly hash: string } | null;
}

/** From the first record on; `through`: no further than this one. */
export async function foldedState(dir: string, through = Number.POSITIVE_INFINITY): Promise<Folded> {
  const store = openJournalStore({ dir, readOnly: true });
  const state = new FederationState();
  let records = 0;
  let last: Folded['last'] = null;
  try {
    for await (const { seq, hash, at, commands } of store.history()) {
      if (seq > through) break;
      for (const { by, events } of commands) for (const event of events) evolve(state, event, { at, by });
      records += 1;
      last = { seq, hash };
    }
    return { sections: state.toSections(), records, last };
  } finally {
    await store.close();
  }
}
