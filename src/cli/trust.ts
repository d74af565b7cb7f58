/** Asks whether what a configuration starts may be started on this machine. */
import type { Config } from '../config/schema.ts';
import { Trust, type TrustedParts, trustedParts } from '../config/trust.ts';
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
  const marker = markerOf(host);
  if (marker !== undefined) throw refused(marker, 'agents do not start agents');
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

/** For a command that starts nothing itself. Gives what stays unapproved. @throws OperatorError */
export async function offerTrust(
  { host }: Pick<RunContext, 'host'>,
  config: Config,
  projectDir: string,
  trusted: boolean,
): Promise<readonly string[]> {
  const trust = new Trust(projectDir, host.environment);
  const parts = trustedParts(config, projectDir);
  const missing = trust.missing(parts);
  if (missing.length === 0) return missing;
  const marker = markerOf(host);
  if (marker !== undefined && trusted) throw refused(marker, 'agents approve nothing');
  if (marker !== undefined || (!trusted && !host.interactive)) return missing;
  if (!trusted && !(await agreesTo(host, missing, parts))) return missing;
  trust.approve(parts, new Date().toISOString());
  return [];
}

function markerOf({ environment }: RunContext['host']): string | undefined {
  return [...markersIn(environment).set, ...(environment[runVariable] ? [runVariable] : [])][0];
}

function refused(marker: string, why: string): OperatorError {
  return new OperatorError(
    'not-allowed',
    `${marker} is set, so an agent's program started this, and ${why}.`,
    'Ask the operator to run it in their own terminal.',
  );
}

/** `--yes` does not answer it. */
async function ask(host: RunContext['host'], missing: readonly string[], parts: TrustedParts): Promise<void> {
  if (!host.interactive) {
    const next = 'Read them, then add --trust, or run it on a terminal.';
    throw new OperatorError('not-allowed', questionAbout(missing, parts), next);
  }
  if (!(await agreesTo(host, missing, parts))) throw new OperatorError('not-allowed', 'Nothing was started.', '');
}

async function agreesTo(
  { ask: put }: RunContext['host'],
  missing: readonly string[],
  parts: TrustedParts,
): Promise<boolean> {
  const answer = await put(`${questionAbout(missing, parts)}\nApprove it as it is? [y/N] `);
  return /^y(?:es)?$/i.test(answer.trim());
}

function questionAbout(missing: readonly string[], parts: TrustedParts): string {
  const lines = missing.map((key) => `  ${key}: ${visibleJson(JSON.stringify(parts[key]))}`);
  return `The configuration runs or sends what was not approved on this machine:\n${lines.join('\n')}`;
}
