import type { Command } from 'commander';
import { examples } from '../arguments.ts';
import type { Host } from '../host.ts';
import { addVoteOperate } from './vote-operate.ts';
import { addVoteTake } from './vote-take.ts';

export function addVote(program: Command, host: Host): void {
  const vote = program
    .command('vote')
    .summary('the ballot box')
    .description('Put questions to the vote, vote, see results, settle what the agents cannot.')
    .addHelpText('after', examples('fed vote list', 'fed vote create "Which router?" --option app --option pages'));
  addVoteTake(vote, host);
  addVoteOperate(vote, host);
}
