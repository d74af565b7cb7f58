/** Copilot CLI 1.0: `copilot` with its prompt on standard input (with `-p` it would ignore that). */
import type { Launch, Order, Preset, Seen, StreamReader } from './preset.ts';
import * as read from './reading.ts';

const loginHint = 'run copilot and type /login, or set GH_TOKEN';

export const copilot: Preset = {
  name: 'copilot',
  program: 'copilot',
  environment: ['COPILOT_*', 'GH_TOKEN', 'GITHUB_TOKEN', 'GH_HOST'],
  interrupt: 'SIGTERM',
  readsPrompt: true,
  resumes: true,
  answersBySchema: false,
  launch,
  reader,
  check: { version: ['--version'], login: null },
  loginHint,
};

function launch({ model, permissions, args, allowed, server, cwd, conversation, folder }: Order): Launch {
  const tools = ['write', 'federation', ...allowed.map(([program = '']) => `shell(${program}:*)`)];
  return {
    args: [
      '--output-format',
      'json',
      '-C',
      cwd,
      '--no-ask-user',
      '--no-auto-update',
      ...(permissions === 'all' ? ['--allow-all'] : tools.map((tool) => `--allow-tool=${tool}`)),
      '--additional-mcp-config',
      `@${folder}/mcp.json`,
      ...(model === null ? [] : ['--model', model]),
      ...(conversation === null ? [] : [`--resume=${conversation}`]),
      ...args,
    ],
    files: { 'mcp.json': JSON.stringify({ mcpServers: { federation: { type: 'local', ...server, tools: ['*'] } } }) },
  };
}

function reader(now: () => number): StreamReader {
  let output = 0;
  return {
    out(line) {
      const event = read.jsonLine(line);
      if (event === null) return read.nothingSeen;
      const data = read.fieldsOf(event['data']);
      switch (event['type']) {
        case 'assistant.message':
          output += read.numberOf(data['outputTokens']);
          return [...read.message(read.textOf(data['content'])), ...(output === 0 ? [] : [usage(output)])];
        case 'tool.execution_start':
          return [read.tool(read.textOf(data['toolName']), data['arguments'])];
        case 'session.mcp_server_status_changed':
          return data['serverName'] === 'federation' && data['status'] === 'failed'
            ? [{ kind: 'no-server', text: 'the federation server did not start' }]
            : read.nothingSeen;
        case 'session.error':
          return errorOf(data, now());
        case 'result':
          return [
            ...read.conversation(event['sessionId'] ?? data['sessionId']),
            { kind: 'end', failed: read.numberOf(event['exitCode'] ?? data['exitCode']) !== 0, text: '' },
          ];
        default:
          return read.nothingSeen;
      }
    },
    err: (line) =>
      /no authentication information|not logged in/i.test(line)
        ? [read.notLoggedIn(line, loginHint)]
        : read.nothingSeen,
    exit: () => read.nothingSeen,
  };
}

function usage(output_tokens: number): Seen {
  return { kind: 'usage', usage: { input_tokens: 0, output_tokens, cost_usd: null } };
}

function errorOf(data: read.Fields, now: number): readonly Seen[] {
  const text = read.textOf(data['message']);
  const kind = read.textOf(data['errorType']);
  if (kind === 'rate_limit' || kind === 'quota' || data['statusCode'] === 429) {
    return [read.rateLimit(text, read.timeIn(text, now))];
  }
  if (kind === 'authentication' || data['statusCode'] === 401) return [read.notLoggedIn(text || kind, loginHint)];
  return read.message(text);
}
