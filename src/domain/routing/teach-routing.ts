/** Training examples: texts and who is right for each, as a person gives them in a file. */
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import type { FederationState } from '../federation-state.ts';
import { requirePerson } from '../tasks/standing.ts';
import { unknownAgent } from '../tasks/validate-request.ts';
import { invalid } from '../tasks/task-fields.ts';
import { cut, wellFormed } from '../text.ts';

/** Examples in one command: a larger file is taught in batches, each all or nothing. */
export const largestBatch = 500;
/** Characters of a text that are kept; the router reads no further. */
const longestText = 8_000;

export function teachRouting(
  state: FederationState,
  { source, fingerprint, examples }: ArgsOf<'teach_routing'>,
  context: DecisionContext,
): Decision<ResultOf<'teach_routing'>> {
  requirePerson(context, 'train the router');
  if (state.taught.has(fingerprint)) return { events: [], result: () => ({ taught: 0, already: true }) };
  if (examples.length > largestBatch) {
    throw invalid('examples', `expected at most ${largestBatch}, got ${examples.length}`, 'Teach them in batches.');
  }
  for (const { agent } of examples) {
    if (!Object.hasOwn(context.config.agents, agent)) throw unknownAgent(context.config, agent);
  }
  const kept = examples.map((example) => ({ ...example, text: cut(wellFormed(example.text), longestText) }));
  return {
    events: [{ type: 'examples_taught', source, fingerprint, examples: kept }],
    result: () => ({ taught: kept.length, already: false }),
  };
}
