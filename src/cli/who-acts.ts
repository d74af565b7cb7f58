/** Who acts on the command line: whoever is named, else the operator, but only where a person sits. */
import type { Actor } from '../domain/commands.ts';
import type { Participants } from '../domain/decision-config.ts';
import { OperatorError } from '../domain/errors.ts';
import type { FederationState } from '../domain/federation-state.ts';
import type { Provenance } from '../domain/provenance.ts';
import { type AgentMarkers, type Environment, markersIn } from '../identity/agent-markers.ts';
import { runActor, runSign } from '../identity/run-identity.ts';
import { kindOfNamed } from '../identity/participant.ts';

export interface Caller {
  /** `--run`. */
  readonly run?: string | undefined;
  /** `--as`. */
  readonly as?: string | undefined;
  readonly environment: Environment;
  /** A person sits at a terminal, as far as that can be seen. */
  readonly interactive: boolean;
}

/** In a run: for its attempt. @throws OperatorError as `whoActs`, and `not-allowed` where its signs disagree. */
export function whoActsIn(state: FederationState, caller: Caller, config: Participants): Actor {
  const { as, run, environment, interactive } = caller;
  const sign = runSign(run, environment);
  if (sign === null) return whoActs(caller, config);
  const named = as ?? (environment['FEDERATION_AGENT'] || null);
  const provenance = { via: 'terminal' as const, ...(interactive ? {} : { piped: true as const }), run: sign.run_id };
  return { ...runActor(state, sign, named), client: 'fed', provenance };
}

/**
 * @throws OperatorError `unknown-agent` for a name that is nobody's, `not-identified`
 * where nobody is named and no person sits, `not-allowed` where an agent's shell
 * names a person.
 */
export function whoActs({ as, environment, interactive }: Caller, config: Participants): Actor {
  const markers = markersIn(environment);
  const [marker] = markers.set;
  const named = as ?? (environment['FEDERATION_AGENT'] || undefined);
  if (named === undefined && (marker !== undefined || !interactive)) {
    throw new OperatorError(
      'not-identified',
      marker === undefined
        ? 'Who is acting? This is not a terminal.'
        : `Who is acting? ${marker} is set, so this is an agent's shell.`,
      `Add --as NAME or set FEDERATION_AGENT (${namesFor(config, marker)}).`,
    );
  }
  const name = named ?? config.operator;
  const provenance = { via: 'terminal' as const, ...(interactive ? {} : { piped: true as const }), ...seen(markers) };
  // The command line ends at once, so it has no session that could show signs of life.
  return { name, kind: kindOfNamed(name, config, markers), session: null, client: 'fed', provenance };
}

function namesFor({ agents, operator, people }: Participants, marker: string | undefined): string {
  const known = `agents: ${Object.keys(agents).join(', ')}`;
  return marker === undefined ? `${known}; people: ${[operator, ...people].join(', ')}` : known;
}

function seen({ set, emptied }: AgentMarkers): Pick<Provenance, 'markers' | 'emptied_markers'> {
  return {
    ...(set.length === 0 ? {} : { markers: set }),
    ...(emptied.length === 0 ? {} : { emptied_markers: emptied }),
  };
}
