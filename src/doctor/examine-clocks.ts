/** Whether the clocks of living processes, of this one and of the journal agree. */
import { setTimeout as sleep } from 'node:timers/promises';
import { LiveTime } from '../application/live-time.ts';
import type { Finding } from '../cli/host.ts';
import type { FederationState } from '../domain/federation-state.ts';
import { openJournalStore } from '../store/journal/journal-store.ts';

/** By then a living process has renewed its note. */
const renewedMs = 1_300;

export async function examineClocks(folder: string, state: FederationState): Promise<Finding[]> {
  const store = openJournalStore({ dir: folder, readOnly: true });
  try {
    const { presence } = store;
    const time = new LiveTime({ presence });
    await presence.observe();
    if (presence.clocks().some(({ isSeenGoing }) => !isSeenGoing)) {
      await sleep(renewedMs);
      await presence.observe();
    }
    time.judge();
    const warnings = time.warnings(state);
    if (warnings.length === 0) return [];
    const next = 'Correct the wrong clock. If only the journal is ahead, choose rebase in its inbox item: fed inbox.';
    return [{ check: 'clocks', status: 'warning', detail: warnings.join('\n'), next, code: null }];
  } catch {
    // What keeps the notes from being read has been said of the files.
    return [];
  } finally {
    await store.close();
  }
}
