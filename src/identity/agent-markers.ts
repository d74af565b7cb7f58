/**
 * Variables by which agents' programs can be known in the environment of what
 * they start: the shells they run, and for some the servers too. Whether a person
 * or an agent is at work cannot be known for certain. This keeps an agent from
 * acting as a person by accident, which is all that is possible under one user
 * account; what remains visible is kept with the command.
 */
export type Environment = Readonly<Record<string, string | undefined>>;

const agentMarkers = [
  'CLAUDECODE',
  'CLAUDE_CODE_SESSION_ID',
  'COPILOT_AGENT_SESSION_ID',
  'COPILOT_CLI',
  'CURSOR_AGENT',
  'GEMINI_CLI',
  'CODEX_SANDBOX',
  'CODEX_THREAD_ID',
  'OPENCODE',
  // A run of ours.
  'FEDERATION_RUN',
  // Not of one product: Claude Code sets it, others have begun to.
  'AI_AGENT',
];

export interface AgentMarkers {
  /** By name; any of them says that an agent's program started this one. */
  readonly set: readonly string[];
  /** There, and empty: somebody may have emptied them. They stop nobody. */
  readonly emptied: readonly string[];
}

export function markersIn(environment: Environment): AgentMarkers {
  const there = agentMarkers.filter((name) => environment[name] !== undefined);
  return {
    set: there.filter((name) => environment[name] !== ''),
    emptied: there.filter((name) => environment[name] === ''),
  };
}
