/** opencode 1.18: `opencode run --format json`, its prompt on standard input. */
import type { Launch, Order, Preset, Seen, StreamReader } from './preset.ts';
import * as read from './reading.ts';

const loginHint = 'run opencode auth login';

export const opencode: Preset = {
  name: 'opencode',
  program: 'opencode',
  environment: ['OPENCODE_*', 'ANTHROPIC_API_KEY', 'OPENAI_API_KEY', 'GEMINI_API_KEY', 'OPENROUTER_API_KEY'],
  interrupt: 'SIGTERM',
  readsPrompt: true,
  resumes: true,
  answersBySchema: false,
  launch,
  reader,
  check: { version: ['--version'], login: null },
  loginHint,
};

function launch({ model, permissions, args, allowed, server, conversation, environment }: Order): Launch {
  // What it would ask ends the run with exit code 0: everything is allowed or denied beforehand.
  const bash: Record<string, 'allow' | 'deny'> = { '*': 'deny' };
  for (const words of allowed) bash[`${words.join(' ')}*`] = 'allow';
  const permission =
    permissions === 'all'
      ? { edit: 'allow', bash: 'allow', webfetch: 'allow' }
      : { edit: 'allow', bash, webfetch: 'deny', external_directory: 'deny' };
  return {
    args: [
      'run',
      '--format',
      'json',
      ...(model === null ? [] : ['-m', model]),
      ...(conversation === null ? [] : ['-s', conversation]),
      ...args,
    ],
    env: {
      OPENCODE_CONFIG_CONTENT: JSON.stringify({
        ...read.fieldsOf(parsed(environment['OPENCODE_CONFIG_CONTENT'])),
        mcp: {
          federation: { type: 'local', command: [server.command, ...server.args], enabled: true, timeout: 60_000 },
        },
      }),
      OPENCODE_PERMISSION: JSON.stringify(permission),
      OPENCODE_DISABLE_PROJECT_CONFIG: '1',
      OPENCODE_DISABLE_AUTOUPDATE: '1',
      // At a long limit it sleeps until it ends, and says so in its log alone.
      OPENCODE_PRINT_LOGS: '1',
      OPENCODE_LOG_LEVEL: 'ERROR',
    },
  };
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}

function reader(now: () => number): StreamReader {
  let [input, output, cost] = [0, 0, 0];
  return {
    out(line) {
      const event = read.jsonLine(line);
      if (event === null) return read.nothingSeen;
      const known = read.conversation(event['sessionID']);
      const part = read.fieldsOf(event['part']);
      switch (event['type']) {
        case 'text':
          return [...known, ...read.message(read.textOf(part['text']))];
        case 'tool_use':
          return [...known, read.tool(read.textOf(part['tool']), read.fieldsOf(part['state'])['input'])];
        case 'step_finish': {
          const tokens = read.fieldsOf(part['tokens']);
          const cache = read.fieldsOf(tokens['cache']);
          input += read.numberOf(tokens['input']) + read.numberOf(cache['read']) + read.numberOf(cache['write']);
          output += read.numberOf(tokens['output']) + read.numberOf(tokens['reasoning']);
          cost += read.numberOf(part['cost']);
          return [...known, { kind: 'usage', usage: { input_tokens: input, output_tokens: output, cost_usd: cost } }];
        }
        case 'error':
          return [...known, ...errorOf(read.fieldsOf(event['error']), now())];
        default:
          return known;
      }
    },
    err(line) {
      if (/auto-rejecting/.test(line)) return [read.tool('denied:', line)];
      // Of the model that works, not of the one that finds a title.
      const [, text = ''] = /message="stream error".* small=false .*error\.error="(.*)"/.exec(line) ?? [];
      return read.isRateLimit(text) ? [read.retrying(text, read.timeIn(text, now()))] : read.nothingSeen;
    },
    exit: () => read.nothingSeen,
  };
}

function errorOf(error: read.Fields, now: number): readonly Seen[] {
  const data = read.fieldsOf(error['data']);
  const text = read.textOf(data['message']) || read.textOf(error['name']);
  const status = data['statusCode'];
  if (status === 429) {
    const wait = Number(read.textOf(read.fieldsOf(data['responseHeaders'])['retry-after']));
    return [read.rateLimit(text, wait > 0 ? now + wait * 1_000 : read.timeIn(text, now))];
  }
  if (status === 401 || error['name'] === 'ProviderAuthError') return [read.notLoggedIn(text, loginHint)];
  return [{ kind: 'end', failed: true, text }];
}
