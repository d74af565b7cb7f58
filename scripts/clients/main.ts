/**
 * `npm run test:clients`: the real programs from the registry, started by `fed work` against a stand-in for the APIs of
 * their models. No account and no network beyond the registry. Programs that are on the PATH already are not installed.
 *
 *   npm run test:clients                       all of them
 *   npm run test:clients -- claude codex       these
 *   npm run test:clients -- --in FOLDER        installed there, and kept for the next time
 */
import { execFile } from 'node:child_process';
import {
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
import { dirname, join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { startModelApi } from './model-api.ts';
import { tryRemote } from './remote.ts';

const run = promisify(execFile);
const fed = resolve(import.meta.dirname, '../../dist/src/fed.js');

interface Client {
  readonly package: string;
  readonly program: string;
  /** The settings that let it ask the stand-in. */
  readonly run: (model: string, url: string) => Readonly<Record<string, unknown>>;
  /** It says by itself that it is at its limit, soon enough to be waited for. */
  readonly saysLimit: boolean;
  readonly needsNode?: readonly [major: number, minor: number];
  /** In the user's home. */
  readonly files?: (url: string) => Readonly<Record<string, string>>;
}

const codexProvider = (url: string): string[] =>
  [
    'model_provider=stand',
    'model_providers.stand.name="stand"',
    `model_providers.stand.base_url="${url}/v1"`,
    'model_providers.stand.env_key="OPENAI_API_KEY"',
    'model_providers.stand.wire_api="responses"',
  ].flatMap((setting) => ['-c', setting]);

const clients: Readonly<Record<string, Client>> = {
  claude: {
    package: '@anthropic-ai/claude-code',
    program: 'claude',
    run: (model) => ({ preset: 'claude-code', model }),
    saysLimit: true,
  },
  codex: {
    package: '@openai/codex',
    program: 'codex',
    run: (model, url) => ({ preset: 'codex', model, args: codexProvider(url) }),
    saysLimit: true,
  },
  copilot: {
    package: '@github/copilot',
    program: 'copilot',
    run: (model) => ({ preset: 'copilot', model }),
    saysLimit: true,
  },
  gemini: {
    package: '@google/gemini-cli',
    program: 'gemini',
    run: (model) => ({ preset: 'gemini', model }),
    saysLimit: true,
  },
  kimi: {
    package: '@moonshot-ai/kimi-code',
    program: 'kimi',
    run: () => ({ preset: 'kimi' }),
    saysLimit: false,
    needsNode: [22, 19],
    files: (url) => ({
      '.kimi-code/config.toml': `default_model = "m"
[models.m]
provider = "p"
model = "stand-in"
max_context_size = 100000
[providers.p]
type = "openai"
base_url = "${url}/v1"
api_key = "stand-in-key"
`,
    }),
  },
  opencode: {
    package: 'opencode-ai',
    program: 'opencode',
    run: (model) => ({ preset: 'opencode', model: `stand/${model}` }),
    // It waits in silence for as long as it is told to.
    saysLimit: false,
  },
};

const { values, positionals } = parseArgs({ options: { in: { type: 'string' } }, allowPositionals: true });
// Below a folder that others may write to, Gemini does not trust the file with our server: not in /tmp.
const home = values.in ?? mkdtempSync(join(cache(), 'clients-'));
mkdirSync(home, { recursive: true });
const api = await startModelApi(0);
let failures = 0;
try {
  const names = positionals.length === 0 ? Object.keys(clients) : positionals;
  for (const name of names) {
    const client = clients[name];
    if (client === undefined) throw new Error(`Expected one of ${Object.keys(clients).join(', ')}, got ${name}`);
    await tryClient(name, client);
  }
} finally {
  api.close();
  if (values.in === undefined) rmSync(home, { recursive: true, force: true });
}
console.log(failures === 0 ? 'All of them completed their task.' : `${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;

function cache(): string {
  const folder = join(homedir(), '.cache', 'federation-mcp');
  mkdirSync(folder, { recursive: true });
  return folder;
}

async function tryClient(name: string, client: Client): Promise<void> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [needed = 0, least = 0] = client.needsNode ?? [];
  if (major < needed || (major === needed && minor < least)) {
    console.log(`- ${name} needs Node ${needed}.${least}; this is ${process.versions.node}`);
    return;
  }
  const bin = await install(client);
  const project = mkdtempSync(join(home, `${name}-`));
  try {
    const works = await work(project, bin, client, 'stand-in');
    report(name, 'is started, recognised, completes its task over MCP and ends', works.completed, works.out);
    if (name === 'claude') {
      const folder = mkdtempSync(join(project, 'remote-'));
      const remote = await tryRemote(folder, environment(folder, bin));
      report(
        name,
        'connects over HTTP with a token, and completes its task there',
        remote.connected && remote.completed,
        remote.out,
      );
    }
    if (!client.saysLimit) return;
    const limited = await work(project, bin, client, 'limited');
    report(name, 'is set on standby at a 429, and its fallback takes the task', limited.tookOver, limited.out);
  } finally {
    rmSync(project, { recursive: true, force: true });
  }
}

function report(name: string, what: string, holds: boolean, out: string): void {
  if (!holds) failures += 1;
  console.log(`${holds ? '✓' : '✗'} ${name} ${what}`);
  if (!holds) console.log(out.replaceAll(/^/gm, '    '));
}

/** A folder on the PATH with the program: what is in `node_modules/.bin` is not found by the runner. */
async function install({ package: name, program }: Client): Promise<string> {
  const bin = join(home, 'bin');
  mkdirSync(bin, { recursive: true });
  if (existsSync(join(bin, program))) return bin;
  const installed = join(home, 'node_modules/.bin', program);
  if (!existsSync(installed)) {
    if (!existsSync(join(home, 'package.json'))) writeFileSync(join(home, 'package.json'), '{"private":true}');
    await run('npm', ['install', '--no-audit', '--no-fund', '--prefix', home, name]);
  }
  symlinkSync(realpathSync(installed), join(bin, program));
  return bin;
}

interface Worked {
  readonly completed: boolean;
  readonly tookOver: boolean;
  readonly out: string;
}

async function work(project: string, bin: string, client: Client, model: string): Promise<Worked> {
  const folder = mkdtempSync(join(project, `${model}-`));
  const dir = join(folder, '.federation');
  mkdirSync(dir);
  const agents = {
    agent: { types: ['work'], fallback: 'other', run: { ...client.run(model, api.url), timeout_minutes: 4 } },
    other: { types: [], run: { command: ['echo', 'the fallback did it'] } },
  };
  writeFileSync(join(dir, 'config.json'), JSON.stringify({ agents, scheduling: { enabled: false } }));
  const env = environment(folder, bin);
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
  const isDone = tasks.includes('"status": "completed"');
  return {
    completed: isDone && /"agent": "agent"[^}]*"outcome": "completed"/.test(runs),
    tookOver: isDone && /"agent": "other"[^}]*"outcome": "completed"/.test(runs),
    out: `${out}${runs}\n${logs(dir)}`,
  };
}

function environment(folder: string, bin: string): Record<string, string> {
  const provider = {
    npm: '@ai-sdk/openai-compatible',
    options: { baseURL: `${api.url}/v1`, apiKey: 'stand-in-key' },
    models: { 'stand-in': {}, limited: {} },
  };
  return {
    PATH: `${bin}:${process.env['PATH'] ?? ''}`,
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

function logs(dir: string): string {
  const runs = join(dir, 'runs');
  return existsSync(runs) ? `see ${readdirSync(runs).join(', ')}` : 'nothing ran';
}
