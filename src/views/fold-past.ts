import type { FederationEvent } from '../domain/events.ts';
import type { FederationState } from '../domain/federation-state.ts';
import type { Federation } from '../federation.ts';

/** What the events that `isAbout` picks fold into, from the whole journal: for what has left the state. */
export async function foldPast(
  federation: Federation,
  isAbout: (event: FederationEvent) => boolean,
): Promise<FederationState> {
  // Loaded here, where hardly anyone comes: the handshake waits for every module that a view imports.
  const [{ evolve }, states] = await Promise.all([
    import('../domain/evolve.ts'),
    import('../domain/federation-state.ts'),
  ]);
  const past = new states.FederationState();
  for await (const { at, commands } of federation.history()) {
    for (const { by, events } of commands)
      for (const event of events) if (isAbout(event)) evolve(past, event, { at, by });
  }
  return past;
}
