import { advise, call } from '../advice.ts';
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { CallerError } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import { idSource } from '../counted-ids.ts';
import { requirePerson } from '../tasks/standing.ts';
import { invalid } from '../tasks/task-fields.ts';
import type { Bonus, BonusChange } from './bonus.ts';
import { differences, planOptimization } from './bonuses.ts';

/** Shows what evidence would make of the bonuses, puts it in force, or takes the last time back. */
export function optimizeRouting(
  state: FederationState,
  args: ArgsOf<'optimize_routing'>,
  context: DecisionContext,
): Decision<ResultOf<'optimize_routing'>> {
  requirePerson(context, 'optimise routing');
  if (args.apply === true && args.revert === true) {
    throw invalid('revert', 'expected apply or revert, got both', 'Give one of them, or neither for a dry run.');
  }
  if (args.revert === true) return revert(state);
  const pairs = planOptimization(state, new Set(Object.keys(context.config.agents)));
  const changes = pairs.filter(({ before, after }) => before !== after);
  const unchanged = pairs.filter(({ before, after }) => before === after);
  if (args.apply !== true || changes.length === 0) {
    return { events: [], result: () => ({ done: 'nothing', optimization_id: null, changes, unchanged }) };
  }
  const optimization_id = idSource(state, context.now)('optimization');
  const { bonuses: before } = state.optimization;
  const after = pairs.flatMap(bonusAfter);
  return {
    events: [{ type: 'optimization_applied', optimization_id, before, after }],
    result: () => ({ done: 'applied', optimization_id, changes, unchanged }),
  };
}

function revert(state: FederationState): Decision<ResultOf<'optimize_routing'>> {
  const { applied, bonuses: before } = state.optimization;
  const last = applied.at(-1);
  if (last === undefined) {
    throw new CallerError(
      'wrong-state',
      'There is no optimisation to revert.',
      advise`See what applying one would change with ${call('optimize_routing')}.`,
    );
  }
  const { optimization_id, before: after } = last;
  return {
    events: [{ type: 'optimization_reverted', optimization_id, before, after }],
    result: () => ({ done: 'reverted', optimization_id, changes: differences(state, before, after), unchanged: [] }),
  };
}

function bonusAfter({ agent, type, after }: BonusChange): Bonus[] {
  return after === 0 ? [] : [{ agent, type, bonus: after }];
}
