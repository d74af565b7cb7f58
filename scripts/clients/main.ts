/**
 * `npm run test:clients`: the real programs from the registry against a stand-in for the APIs of their models: started by
 * `fed work`, and as a person starts them whose settings `fed init --client` wrote. No account and no network beyond the
 * registry. One that cannot be installed here is skipped, and why is said.
 *
 *   npm run test:clients                       all of them
 *   npm run test:clients -- claude codex       these
 *   npm run test:clients -- --set-up           only what fed init --client sets up, without fed work
 *   npm run test:clients -- --latest           their newest versions, in place of those that are known to work
 *   npm run test:clients -- --in FOLDER        installed there, and kept for the next time
 *   npm run test:clients -- --record FOLDER    what they wrote is kept there, as test/fixtures/runs has it
 */
import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { tryFirstMinute } from './first-minute.ts';
import { startModelApi } from './model-api.ts';
import { tryRemote } from './remote.ts';
import { type SetUpClient, trySetUp } from './set-up.ts';
import { landSideBySide } from './side-by-side.ts';

const run = promisify(execFile);
const fed = resolve(import.meta.dirname, '../../dist/src/fed.js');

interface Client {
  readonly package: string;
  /** The newest that was tried; a newer one must not fail what was changed here. */
  readonly version: string;
  readonly program: string;
  /** The settings that let it ask the stand-in. */
  readonly run: (model: string, url: string) => Readonly<Record<string, unknown>>;
  /** Models that are at their limit. */
  readonly limited: readonly ('limited' | 'limited-briefly')[];
  readonly needsNode?: readonly [major: number, minor: number];
  /** In the user's home. */
  readonly files?: (url: string) => Readonly<Record<string, string>>;
  /** As a person starts it. */
  readonly alone: (url: string) => Pick<SetUpClient, 'ask' | 'list'> & Partial<Pick<SetUpClient, 'files'>>;
}

const codexProvider = (url: string): string[] =>
  [
    'model_provider=stand',
    'model_providers.stand.name="stand"',
    `model_providers.stand.base_url="${url}/v1"`,
    'model_providers.stand.env_key="OPENAI_API_KEY"',
    'model_providers.stand.wire_api="responses"',
  ].flatMap((setting) => ['-c', setting]);

const kimiModel = (name: string): string => `[models.${name}]
provider = "p"
model = "${name}"
max_context_size = 100000
`;

const clients: Readonly<Record<string, Client>> = {
  claude: {
    package: '@anthropic-ai/claude-code',
    version: '2.1.197',
    program: 'claude',
    run: (model) => ({ preset: 'claude-code', model }),
    limited: ['limited'],
    alone: () => ({
      ask: (prompt) => ['-p', '--model', 'stand-in', '--allowedTools', 'mcp__federation', '--', prompt],
      list: { words: ['mcp', 'list'], shows: /federation: .*✔ Connected/ },
    }),
  },
  codex: {
    package: '@openai/codex',
    version: '0.171.0',
    program: 'codex',
    run: (model, url) => ({ preset: 'codex', model, args: codexProvider(url) }),
    limited: ['limited', 'limited-briefly'],
    alone: (url) => ({
      ask: (prompt) => ['exec', '--skip-git-repo-check', '-m', 'stand-in', ...codexProvider(url), '--', prompt],
      list: { words: ['mcp', 'list'], shows: /^federation .* enabled/m },
    }),
  },
  copilot: {
    package: '@github/copilot',
    version: '1.0.102',
    program: 'copilot',
    run: (model) => ({ preset: 'copilot', model }),
    limited: ['limited'],
    alone: () => ({
      ask: (prompt) => ['--model', 'stand-in', '--allow-tool=federation', `--prompt=${prompt}`],
      list: { words: ['mcp', 'list'], shows: /^ *federation \(local\)/m },
      files: (project) => ({ '.copilot/config.json': JSON.stringify({ trusted_folders: [project] }) }),
    }),
  },
  gemini: {
    package: '@google/gemini-cli',
    version: '0.61.0',
    program: 'gemini',
    run: (model) => ({ preset: 'gemini', model }),
    limited: ['limited'],
    alone: () => ({
      ask: (prompt) => ['-m', 'stand-in', '--approval-mode', 'yolo', `--prompt=${prompt}`],
      list: { words: ['mcp', 'list'], shows: /federation: .* Connected/ },
      files: (project) => ({
        '.gemini/trustedFolders.json': JSON.stringify({ [project]: 'TRUST_FOLDER' }),
        '.gemini/settings.json': JSON.stringify({ security: { auth: { selectedType: 'gemini-api-key' } } }),
      }),
    }),
  },
  kimi: {
    package: '@moonshot-ai/kimi-code',
    version: '2.1.0',
    program: 'kimi',
    run: (model) => ({ preset: 'kimi', model }),
    limited: ['limited'],
    needsNode: [22, 19],
    alone: () => ({ ask: (prompt) => [`--prompt=${prompt}`], list: null }),
    files: (url) => ({
      '.kimi-code/config.toml': `default_model = "stand-in"
${['stand-in', 'limited'].map(kimiModel).join('')}[providers.p]
type = "openai"
base_url = "${url}/v1"
api_key = "stand-in-key"
`,
    }),
  },
  opencode: {
    package: 'opencode-ai',
    version: '1.18.33',
    program: 'opencode',
    run: (model) => ({ preset: 'opencode', model: `stand/${model}` }),
    limited: ['limited', 'limited-briefly'],
    alone: () => ({
      ask: (prompt) => ['run', '-m', 'stand/stand-in', '--', prompt],
      list: { words: ['mcp', 'list'], shows: /federation .*connected/ },
    }),
  },
};

const { values, positionals } = parseArgs({
  options: {
    in: { type: 'string' },
    record: { type: 'string' },
    latest: { type: 'boolean', default: false },
    'set-up': { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
// Below a folder that others may write to, Gemini does not trust the file with our server: not in /tmp.
const home = values.in ?? mkdtempSync(join(cache(), 'clients-'));
mkdirSync(home, { recursive: true });
const installedBy = performance.now() + 6 * 60_000;
const api = await startModelApi(0);
let failures = 0;
const skipped: string[] = [];
try {
  const asked = positionals.length === 0 ? Object.keys(clients) : positionals;
  const names: string[] = [];
  for (const name of asked) {
    const client = clients[name];
    if (client === undefined) throw new Error(`Expected one of ${Object.keys(clients).join(', ')}, got ${name}`);
    if (!(await isInstalled(name, client))) continue;
    names.push(name);
    if (!values['set-up']) await tryClient(name, client);
    await trySettings(name);
  }
  const has = (...wanted: readonly string[]): boolean => wanted.every((name) => names.includes(name));
  if (has('claude', 'copilot')) await trySettings('claude', 'copilot');
  if (has('claude', 'codex') && !values['set-up']) await trySideBySide('claude', 'codex');
} finally {
  api.close();
  if (values.in === undefined) rmSync(home, { recursive: true, force: true });
}
const others = skipped.length === 0 ? 'All of them' : `All but ${skipped.join(', ')}`;
console.log(failures === 0 ? `${others} completed their task.` : `${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;

function cache(): string {
  const folder = join(homedir(), '.cache', 'federation-mcp');
  mkdirSync(folder, { recursive: true });
  return folder;
}

async function tryClient(name: string, client: Client): Promise<void> {
  const path = await install(client);
  const project = mkdtempSync(join(home, `${name}-`));
  try {
    const works = await work(project, path, client, 'stand-in');
    report(name, 'is started, recognised, completes its task over MCP and ends', works.completed, works.out);
    if (name === 'claude') {
      const fresh = mkdtempSync(join(project, 'fresh-'));
      const first = await tryFirstMinute(fresh, environment(fresh, path));
      report(
        name,
        `is connected by fed init, and a task is done ${first.seconds.toFixed(1)} s after an empty folder`,
        first.connected && first.completed && first.seconds < 60,
        first.out,
      );
      const folder = mkdtempSync(join(project, 'remote-'));
      const remote = await tryRemote(folder, environment(folder, path));
      report(
        name,
        'connects over HTTP with a token, and completes its task there',
        remote.connected && remote.completed,
        remote.out,
      );
    }
    for (const model of client.limited) {
      const { tookOver, out } = await work(project, path, client, model);
      report(name, `is set on standby at a 429 (${model}), and its fallback takes the task`, tookOver, out);
    }
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

/** Several: at the same time, in one project; Claude Code and Copilot share its `.mcp.json`. */
async function trySettings(...names: readonly string[]): Promise<void> {
  const bins: string[] = [];
  const set: SetUpClient[] = [];
  for (const name of names) {
    const client = clients[name];
    if (client === undefined) continue;
    bins.push(await install(client));
    const { ask, list, files } = client.alone(api.url);
    set.push({
      name,
      program: client.program,
      ask,
      list,
      files: (project) => ({ ...client.files?.(api.url), ...files?.(project) }),
    });
  }
  const path = [...new Set(bins)].join(delimiter);
  const faults = await trySetUp(set, { home, fed, environment: (folder) => environment(folder, path) });
  const what =
    names.length === 1
      ? 'is connected by fed init, and then claims and completes its task as itself'
      : 'share one .mcp.json of fed init, and each completes its own task at the same time';
  report(names.join(' and '), what, faults.length === 0, faults.join('\n'));
}

async function trySideBySide(...names: readonly string[]): Promise<void> {
  const bins: string[] = [];
  const agents: Record<string, Readonly<Record<string, unknown>>> = {};
  for (const name of names) {
    const client = clients[name];
    if (client === undefined) continue;
    bins.push(await install(client));
    agents[name] = { ...client.run('stand-in', api.url), timeout_minutes: 4 };
  }
  const path = [...new Set(bins)].join(':');
  const faults = await landSideBySide({ home, fed, agents, environment: (folder) => environment(folder, path) });
  const what = "land side by side on a checked-out main, beside the user's uncommitted change";
  report(names.join(' and '), what, faults.length === 0, faults.join('\n'));
}

function report(name: string, what: string, holds: boolean, out: string): void {
  if (!holds) failures += 1;
  console.log(`${holds ? '✓' : '✗'} ${name} ${what}`);
  if (!holds) console.log(out.replaceAll(/^/gm, '    '));
}

/** Says why not. */
async function isInstalled(name: string, client: Client): Promise<boolean> {
  try {
    await install(client);
    return true;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.log(`– ${name} is skipped: it could not be installed here.\n${why.replaceAll(/^/gm, '    ')}`);
    skipped.push(name);
    return false;
  }
}

/** Folders for the PATH with the program: what is in `node_modules/.bin` is not found by the runner. */
async function install({ package: name, version, program, needsNode }: Client): Promise<string> {
  const bin = await linked('bin', values.latest ? name : `${name}@${version}`, program);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [needed = 0, least = 0] = needsNode ?? [];
  if (major > needed || (major === needed && minor >= least)) return bin;
  return [await linked(`node-${needed}`, `node@${needed}`, 'node'), bin].join(delimiter);
}

async function linked(folder: string, name: string, program: string): Promise<string> {
  const bin = join(home, folder);
  mkdirSync(bin, { recursive: true });
  if (existsSync(join(bin, program))) return bin;
  const installed = join(home, 'node_modules/.bin', program);
  if (!existsSync(installed)) {
    if (!existsSync(join(home, 'package.json'))) writeFileSync(join(home, 'package.json'), '{"private":true}');
    // Together no longer than this: a registry that does not answer must not hold up everything else.
    const timeout = Math.max(1, Math.ceil(installedBy - performance.now()));
    await run('npm', ['install', '--loglevel=error', '--no-audit', '--no-fund', '--prefix', home, name], { timeout });
  }
  symlinkSync(realpathSync(installed), join(bin, program));
  return bin;
}

interface Worked {
  readonly completed: boolean;
  readonly tookOver: boolean;
  readonly out: string;
}

async function work(project: string, path: string, client: Client, model: string): Promise<Worked> {
  const folder = mkdtempSync(join(project, `${model}-`));
  const dir = join(folder, '.federation');
  mkdirSync(dir);
  const agents = {
    agent: { types: ['work'], fallback: 'other', run: { ...client.run(model, api.url), timeout_minutes: 4 } },
    other: { types: [], run: { command: ['echo', 'the fallback did it'] } },
  };
  writeFileSync(join(dir, 'config.json'), JSON.stringify({ agents, scheduling: { enabled: false } }));
  const env = environment(folder, path);
  const options = { cwd: folder, env, maxBuffer: 16 * 1024 * 1024 };
  const call = async (...args: string[]): Promise<string> => {
    const { stdout } = await run(process.execPath, [fed, ...args, '--dir', dir, '--as', 'reuben'], options);
    return stdout;
  };
  for (const [name, text] of Object.entries(client.files?.(api.url) ?? {})) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  await call('queue', 'add', 'Do the work', '--type', 'work', '--to', 'agent');
  const out = await call('work', '--once', '--trust');
  const tasks = await call('queue', 'list', '--json');
  const runs = await call('runs', '--json');
  if (values.record !== undefined) keep(dir, values.record, client, model);
  const isDone = tasks.includes('"status": "completed"');
  return {
    completed: isDone && /"agent": "agent"[^}]*"outcome": "completed"/.test(runs),
    tookOver: isDone && /"agent": "other"[^}]*"outcome": "completed"/.test(runs),
    out: `${out}${runs}\n${logs(dir)}`,
  };
}

function environment(folder: string, path: string): Record<string, string> {
  const provider = {
    npm: '@ai-sdk/openai-compatible',
    options: { baseURL: `${api.url}/v1`, apiKey: 'stand-in-key' },
    models: { 'stand-in': {}, limited: {}, 'limited-briefly': {} },
  };
  return {
    PATH: `${path}:${process.env['PATH'] ?? ''}`,
    HOME: folder,
    XDG_STATE_HOME: join(folder, 'state'),
    ANTHROPIC_API_KEY: 'stand-in-key',
    ANTHROPIC_BASE_URL: api.url,
    OPENAI_API_KEY: 'stand-in-key',
    GEMINI_API_KEY: 'stand-in-key',
    GOOGLE_GEMINI_BASE_URL: api.url,
    COPILOT_PROVIDER_BASE_URL: `${api.url}/v1`,
    COPILOT_PROVIDER_API_KEY: 'stand-in-key',
    COPILOT_OFFLINE: 'true',
    OPENCODE_CONFIG_CONTENT: JSON.stringify({ provider: { stand: provider } }),
  };
}

/** The output of the first run. */
function keep(dir: string, folder: string, { run: settings }: Client, model: string): void {
  const [first = ''] = readdirSync(join(dir, 'runs'));
  const name = `${String(settings('', '')['preset'])}${model === 'stand-in' ? '' : `-${model}`}.stream`;
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(dir, 'runs', first, 'output.log'), join(folder, name));
}

function logs(dir: string): string {
  const runs = join(dir, 'runs');
  return existsSync(runs) ? `see ${readdirSync(runs).join(', ')}` : 'nothing ran';
}
