/**
 * Whose run a server or `fed` belongs to: it is started with the run's id and a random secret, of which the journal
 * keeps the hash. Whatever has them acts for that run's attempt, as its agent, and never as a person.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Actor } from '../domain/commands.ts';
import { OperatorError } from '../domain/errors.ts';
import type { FederationState } from '../domain/federation-state.ts';
import type { Run } from '../domain/runs/run.ts';
import { quote } from '../domain/text.ts';
import type { Environment } from './agent-markers.ts';

/** The variable that everything inside a run has. */
export const runVariable = 'FEDERATION_RUN';

/** What shows that something belongs to a run. */
export interface RunSign {
  readonly run_id: string;
  readonly secret: string;
}

export function newSecret(): string {
  return randomBytes(24).toString('base64url');
}

export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export function signText({ run_id, secret }: RunSign): string {
  return `${run_id}.${secret}`;
}

/** @throws OperatorError `not-allowed` where option and variable disagree, or are no sign of a run. */
export function runSign(option: string | undefined, environment: Environment): RunSign | null {
  const variable = environment[runVariable] || undefined;
  if (option !== undefined && variable !== undefined && option !== variable) {
    throw new OperatorError('not-allowed', `--run and ${runVariable} name different runs.`, 'Leave out --run.');
  }
  const text = option ?? variable;
  if (text === undefined) return null;
  const [, run_id = '', secret = ''] = /^(run-\d{4}-\d\d-\d\d-\d{3,9})\.([\w-]{20,64})$/.exec(text) ?? [];
  if (secret !== '') return { run_id, secret };
  throw new OperatorError(
    'not-allowed',
    `${option === undefined ? runVariable : '--run'} is ${quote(text)}, which is not what fed work hands to a run.`,
    `Leave it out, or unset ${runVariable}.`,
  );
}

/** The run that is named, whoever names it; null: none, or nothing that could be one. */
export function runIn(option: string | undefined, environment: Environment): string | null {
  try {
    return runSign(option, environment)?.run_id ?? null;
  } catch {
    return null;
  }
}

/** Whether this is the secret of that run. */
export function isSignOf(run: Pick<Run, 'run_id' | 'secret_hash'>, { run_id, secret }: RunSign): boolean {
  const [given, kept] = [Buffer.from(hashOf(secret)), Buffer.from(run.secret_hash)];
  return run.run_id === run_id && given.length === kept.length && timingSafeEqual(given, kept);
}

/**
 * Who acts in a run; `named`: by `--as`, which must be its agent.
 * @throws OperatorError `not-allowed` for a run that is not known here, or signs that disagree.
 */
export function runActor(
  state: FederationState,
  sign: RunSign,
  named: string | null,
): Pick<Actor, 'name' | 'kind' | 'run'> & { readonly session: string } {
  const run = state.runs.get(sign.run_id);
  if (run === undefined || !isSignOf(run, sign)) {
    throw new OperatorError(
      'not-allowed',
      `${sign.run_id} with this secret is not a run of this federation.`,
      `Only what fed work starts acts for a run; unset ${runVariable}.`,
    );
  }
  if (named !== null && named !== run.agent) {
    throw new OperatorError(
      'not-allowed',
      `${run.run_id} is a run of ${run.agent}: nothing in it can act as ${named}.`,
      'Leave out --as and FEDERATION_AGENT.',
    );
  }
  return { name: run.agent, kind: 'agent', session: run.session, run: run.run_id };
}
