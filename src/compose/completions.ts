/** What clients complete as somebody types: names and ids. */
import type { Federation } from '../federation.ts';

/** Completions offered at once; clients show about this many. */
const mostCompletions = 100;

export const completions = {
  agents: async (typed: string, { config }: Federation) =>
    [...Object.keys(config.agents), config.operator].filter((name) => name.startsWith(typed)),
  // The newest first: they are what people talk about.
  tasks: async (typed: string, federation: Federation) =>
    [...federation.state().tasks.values()]
      .map((task) => task.task_id)
      .reverse()
      .filter((id) => id.includes(typed))
      .slice(0, mostCompletions),
  votes: async (typed: string, federation: Federation) =>
    [...federation.state().votes.values()]
      .map((vote) => vote.vote_id)
      .reverse()
      .filter((id) => id.includes(typed))
      .slice(0, mostCompletions),
};
