import { agentRecord } from '../agents/agent-record.ts';
import type { ArgsOf, Decision, DecisionContext, ResultOf } from '../commands.ts';
import { Deliberation } from '../deliberation.ts';
import { CallerError } from '../errors.ts';
import type { FederationState } from '../federation-state.ts';
import type { AgentName } from '../tasks/task.ts';
import { invalid } from '../tasks/task-fields.ts';
import { oneOfThem } from '../tasks/validate-request.ts';
import { addMillis, hour } from '../time.ts';
import { fewestOptions, longestOption, longestQuestion, mostOptions } from './limits.ts';
import { encodeBytes, keyBytes } from './sealing.ts';
import { existingVote } from './standing.ts';
import { abstain } from './vote.ts';

type Args = ArgsOf<'open_vote'>;

/** Who may vote, the quorum and the key are fixed here, for as long as the vote lives. */
export function openVote(
  state: FederationState,
  args: Args,
  context: DecisionContext,
): Decision<ResultOf<'open_vote'>> {
  const { config, now, actor } = context;
  const deliberation = new Deliberation(state, context);
  const vote_id = deliberation.nextId('vote');
  const eligible = eligibleAgents(state, args, context);
  deliberation.add({
    type: 'vote_opened',
    vote: {
      vote_id,
      question: checkQuestion(args.question),
      options: checkOptions(args.options),
      context_url: args.context_url ?? null,
      topic: args.topic ?? null,
      opened_by: actor.name,
      eligible: eligible.map((agent) => ({ agent, family: config.agents[agent]?.family ?? null })),
      quorum: checkQuorum(args.quorum ?? config.voting.quorum, eligible),
      method: args.method ?? config.voting.method,
      stakes: args.stakes ?? 'normal',
      deadline: checkDeadline(args.deadline ?? addMillis(now, config.voting.deadline_hours * hour), now),
      seal_key: args.open_ballots === true ? null : encodeBytes(context.random(keyBytes)),
    },
  });
  return { events: deliberation.events, result: () => ({ vote: existingVote(state, vote_id) }) };
}

export function checkQuestion(text: string): string {
  const question = text.trim();
  if (question === '' || question.length > longestQuestion) {
    throw invalid(
      'question',
      `expected 1 to ${longestQuestion} characters, got ${question.length}`,
      'Ask one thing; put the background in a file and link it in context_url.',
    );
  }
  return question;
}

export function checkOptions(given: readonly string[]): string[] {
  const options = given.map((option) => option.trim());
  if (options.length < fewestOptions || options.length > mostOptions) {
    throw invalid(
      'options',
      `expected ${fewestOptions} to ${mostOptions}, got ${options.length}`,
      'Merge similar options, or vote in two rounds.',
    );
  }
  const seen = new Set<string>();
  for (const option of options) {
    if (option === '' || option.length > longestOption) {
      throw invalid(
        'options',
        `expected 1 to ${longestOption} characters each, got ${option.length}`,
        'Give each option a short name and explain it in the question.',
      );
    }
    // What a reader would take for the same is the same.
    const name = option.normalize('NFKC').toLowerCase();
    if (name === abstain) {
      throw invalid(
        'options',
        `"${abstain}" cannot be an option: every voter may abstain anyway`,
        'Remove or rename it.',
      );
    }
    if (seen.has(name)) {
      throw invalid('options', `"${option.slice(0, 60)}" is given twice`, 'Give each option once.');
    }
    seen.add(name);
  }
  return options;
}

/** In the order of their names, which fixes the order of every sum. */
function eligibleAgents(state: FederationState, args: Args, { config, actor }: DecisionContext): AgentName[] {
  const roster = Object.keys(config.agents);
  if (args.eligible !== undefined) {
    const stranger = args.eligible.find((name) => !roster.includes(name));
    if (stranger !== undefined) {
      throw new CallerError(
        'unknown-agent',
        `eligible: no agent is called "${stranger.slice(0, 60)}".`,
        `${oneOfThem(stranger, roster)} People do not vote; they decide.`,
      );
    }
    return [...new Set(args.eligible)].sort();
  }
  return roster
    .filter((name) => {
      const { status } = agentRecord(state, name);
      return name === actor.name || status === 'available' || status === 'busy';
    })
    .sort();
}

function checkQuorum(quorum: number, eligible: readonly AgentName[]): number {
  if (Number.isInteger(quorum) && quorum >= 1 && quorum <= eligible.length) return quorum;
  throw invalid(
    'quorum',
    `expected 1 to ${eligible.length}, the number of eligible agents (${eligible.join(', ') || 'none'}), got ${quorum}`,
    'Give a smaller quorum, or name more agents in eligible; agents that are away count only if named.',
  );
}

function checkDeadline(deadline: string, now: string): string {
  if (deadline > now) return deadline;
  throw invalid(
    'deadline',
    `expected a future time, got ${deadline} (now: ${now})`,
    'Give a later time, or none for the default.',
  );
}
