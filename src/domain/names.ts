/** What everything refers to agents and work by. Apart from the words of the queue, so that its parts need not know it. */

export type TaskId = string;
/** A dependency: a task or a vote. */
export type DependencyId = string;
export type AgentName = string;
/** Names one client process; random, never a pid. `null`: the command line. */
export type SessionId = string | null;
