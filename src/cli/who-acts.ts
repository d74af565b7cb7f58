/** Who acts on the command line: whoever is named, else the operator, but only where a person sits. */
import type { Actor } from '../domain/commands.ts';
import type { Config } from '../config/schema.ts';
import { participantKind } from '../domain/participants.ts';
import { CallerError, OperatorError } from '../domain/errors.ts';

/**
 * Set by agents' programs in the shells they run. Whether a person or an agent
 * types cannot be known for certain; this keeps an agent from acting as the
 * operator by accident, which is all that is possible under one user account.
 */
const agentMarkers = [
  'CLAUDECODE',
  'CLAUDE_CODE_SESSION_ID',
  'COPILOT_AGENT_SESSION_ID',
  'CURSOR_AGENT',
  'GEMINI_CLI',
  'CODEX_SANDBOX',
];

export interface Caller {
  /** `--as`. */
  readonly as?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly interactive: boolean;
}

/**
 * @throws CallerError `unknown-agent` for a name that is nobody's.
 * @throws OperatorError `not-identified` where nobody is named and no person sits,
 * `not-allowed` where an agent's shell names a person.
 */
export function whoActs({ as, environment, interactive }: Caller, config: Config): Actor {
  const marker = agentMarkers.find((name) => (environment[name] ?? '') !== '');
  const name = as ?? (environment['FEDERATION_AGENT'] || undefined);
  if (name === undefined) {
    if (interactive && marker === undefined) return actor(config.operator, 'person');
    throw new OperatorError(
      'not-identified',
      marker === undefined
        ? 'Expected to know who acts: this is not a terminal, so it may not be a person.'
        : `Expected to know who acts: ${marker} is set, so this is an agent's shell.`,
      `Name yourself with --as NAME or FEDERATION_AGENT (agents: ${Object.keys(config.agents).join(', ')}).`,
    );
  }
  const kind = kindOf(name, config);
  if (kind === 'person' && marker !== undefined) {
    throw new OperatorError(
      'not-allowed',
      `Expected an agent: ${marker} is set, so this is an agent's shell, and ${name} is a person.`,
      `Act as an agent, or ask ${name} to do it.`,
    );
  }
  return actor(name, kind);
}

/** @throws CallerError `unknown-agent` for a name that is nobody's. */
export function kindOf(name: string, config: Config): 'agent' | 'person' {
  const kind = participantKind(config, name);
  if (kind !== null) return kind;
  throw new CallerError(
    'unknown-agent',
    `Expected a participant of this federation, got ${JSON.stringify(name)}.`,
    `Use one of ${[...Object.keys(config.agents), config.operator, ...config.people].join(', ')}.`,
  );
}

/** The command line ends at once, so it has no session that could show signs of life. */
function actor(name: string, kind: Actor['kind']): Actor {
  return { name, kind, session: null, client: 'fed', provenance: { via: 'terminal' } };
}
