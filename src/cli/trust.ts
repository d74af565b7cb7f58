/** Asks whether what a configuration starts may be started on this machine. */
import type { Config } from '../config/schema.ts';
import { Trust, trustedParts } from '../config/trust.ts';
import { OperatorError } from '../domain/errors.ts';
import { markersIn } from '../identity/agent-markers.ts';
import { runVariable } from '../identity/run-identity.ts';
import { visibleJson } from '../domain/text.ts';
import type { RunContext, Session } from './session.ts';

/** Gives what to ask before each start: the keys that are not approved as they are by then. @throws OperatorError */
export async function settleTrust(
  { host }: RunContext,
  { federation }: Pick<Session, 'federation'>,
  trusted: boolean,
): Promise<() => readonly string[]> {
  const [marker] = [...markersIn(host.environment).set, ...(host.environment[runVariable] ? [runVariable] : [])];
  if (marker !== undefined) {
    throw new OperatorError(
      'not-allowed',
      `${marker} is set, so an agent's program started this, and agents do not start agents.`,
      'Ask the operator to run it in their own terminal.',
    );
  }
  const trust = new Trust(federation.project.dir, host.environment);
  const parts = (config: Config) => trustedParts(config, federation.project.dir);
  const now = parts(federation.config);
  const missing = trust.missing(now);
  if (missing.length > 0) {
    if (!trusted) await ask(host, missing, now);
    trust.approve(now, federation.now());
  }
  return () => trust.missing(parts(federation.config));
}

/** `--yes` does not answer it. */
async function ask(
  { interactive, ask: put }: RunContext['host'],
  missing: readonly string[],
  parts: Readonly<Record<string, unknown>>,
): Promise<void> {
  const lines = missing.map((key) => `  ${key}: ${visibleJson(JSON.stringify(parts[key]))}`);
  const question = `The configuration starts programs that were not approved on this machine:\n${lines.join('\n')}`;
  if (!interactive) {
    throw new OperatorError('not-allowed', question, 'Read them, then add --trust, or run it on a terminal.');
  }
  if (!/^y(?:es)?$/i.test((await put(`${question}\nRun them as they are? [y/N] `)).trim())) {
    throw new OperatorError('not-allowed', 'Nothing was started.', '');
  }
}
