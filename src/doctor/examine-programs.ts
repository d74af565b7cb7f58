/** The programs that `fed work` starts: there, of which version, logged in where they can say so, and able to start our server. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Finding } from '../cli/host.ts';
import type { Config } from '../config/schema.ts';
import { Trust, trustedParts } from '../config/trust.ts';
import { oneLine } from '../domain/text.ts';
import type { Environment } from '../identity/agent-markers.ts';
import { environmentFor, findProgram } from '../runner/find-program.ts';
import { type AgentProgram, programOf } from '../runner/program.ts';

const run = promisify(execFile);
/** Some of them take seconds to say their version. */
const timeoutMs = 20_000;

export async function examinePrograms(
  config: Config,
  projectDir: string,
  server: string,
  environment: Environment,
): Promise<Finding[]> {
  const programs = Object.entries(config.agents).flatMap(([name, { run: settings }]) =>
    settings === undefined ? [] : [programOf(name, settings)],
  );
  if (programs.length === 0) return [];
  const findings = await Promise.all(programs.map((program) => examineOne(program, projectDir, environment)));
  return [...findings, await examineServer(server, environment), examineTrust(config, projectDir, environment)];
}

async function examineOne(program: AgentProgram, projectDir: string, environment: Environment): Promise<Finding> {
  const check = `run ${program.agent}`;
  const { preset, settings } = program;
  if (program.program === null) return await examineOllama(check, settings.host ?? environment['OLLAMA_HOST']);
  const found = findProgram(program.program, projectDir, environment);
  if ('fault' in found) {
    return {
      check,
      status: 'problem',
      detail: found.fault,
      next: `Install it, or correct agents.${program.agent}.run.`,
      code: null,
    };
  }
  if (preset === null) return { check, status: 'ok', detail: found.path, next: null, code: null };
  const env = environmentFor(program.environment, environment);
  const version = await output(found.path, preset.check.version, env);
  if (version === null) {
    const detail = `${found.path} did not say its version (Node ${process.version})`;
    const next = 'Start it by hand: it may need a newer Node, or its installation is incomplete.';
    return { check, status: 'problem', detail, next, code: null };
  }
  const { login } = preset.check;
  const isIn = login === null ? null : (await output(found.path, login, env)) !== null;
  const said = `${preset.name} ${oneLine(version, 60)}`;
  if (isIn === false && !hasKey(program.environment, environment)) {
    return {
      check,
      status: 'problem',
      detail: `${said}, not logged in`,
      next: `Log in: ${preset.loginHint}.`,
      code: null,
    };
  }
  const detail = isIn === null ? `${said}; it has no way to ask whether it is logged in` : `${said}, logged in`;
  return { check, status: 'ok', detail, next: null, code: null };
}

/** A key in the environment takes the place of a login. */
function hasKey(names: readonly string[], environment: Environment): boolean {
  return Object.keys(environmentFor(names, environment)).some((name) => /(?:_KEY|_TOKEN)$/.test(name));
}

async function examineOllama(check: string, host = 'http://127.0.0.1:11434'): Promise<Finding> {
  const url = host.includes('://') ? host : `http://${host}`;
  try {
    const response = await fetch(new URL('/api/version', url), { signal: AbortSignal.timeout(3_000) });
    await response.arrayBuffer();
    return { check, status: 'ok', detail: `Ollama answers at ${url}`, next: null, code: null };
  } catch {
    const next = 'Start it with ollama serve, or name its host in run.host.';
    return { check, status: 'problem', detail: `Ollama does not answer at ${url}`, next, code: null };
  }
}

/** As programs start it: with hardly any environment. */
async function examineServer(server: string, environment: Environment): Promise<Finding> {
  const env = { PATH: environment['PATH'] ?? '', HOME: environment['HOME'] ?? '' };
  const version = await output(process.execPath, [server, '--version'], env);
  if (version !== null) {
    return {
      check: 'run server',
      status: 'ok',
      detail: `the server starts (${oneLine(version, 40)})`,
      next: null,
      code: null,
    };
  }
  const next = 'Install federation-mcp again; runs would have no tools.';
  return { check: 'run server', status: 'problem', detail: `${server} does not start`, next, code: null };
}

function examineTrust(config: Config, projectDir: string, environment: Environment): Finding {
  const missing = new Trust(projectDir, environment).missing(trustedParts(config, projectDir));
  const check = 'run trust';
  if (missing.length === 0) return { check, status: 'ok', detail: 'the commands are approved', next: null, code: null };
  const detail = `not approved on this machine: ${missing.join(', ')}`;
  return { check, status: 'warning', detail, next: 'fed work and fed init ask about them.', code: null };
}

/** Standard output where it ends with 0 in time. */
async function output(path: string, args: readonly string[], env: Record<string, string>): Promise<string | null> {
  try {
    const { stdout } = await run(path, [...args], { env, timeout: timeoutMs, maxBuffer: 1024 * 1024 });
    return stdout.trim() === '' ? 'unknown' : stdout;
  } catch {
    return null;
  }
}
