/** Claude Code 2.1: `claude -p`, its prompt on standard input, JSON lines out. */
import type { RunUsage } from '../../domain/runs/run.ts';
import type { Launch, Order, Preset, Seen, StreamReader } from './preset.ts';
import * as read from './reading.ts';

const loginHint = 'run claude and type /login, or set ANTHROPIC_API_KEY';

export const claudeCode: Preset = {
  name: 'claude-code',
  program: 'claude',
  environment: [
    'ANTHROPIC_*',
    'CLAUDE_CONFIG_DIR',
    'CLAUDE_CODE_OAUTH_TOKEN',
    'CLAUDE_CODE_USE_BEDROCK',
    'CLAUDE_CODE_USE_VERTEX',
    'AWS_*',
    'CLOUD_ML_REGION',
    'API_TIMEOUT_MS',
    'IS_SANDBOX',
  ],
  // On SIGINT it ends with 0, as if it were done.
  interrupt: 'SIGTERM',
  readsPrompt: true,
  resumes: true,
  answersBySchema: true,
  launch,
  reader,
  check: { version: ['--version'], login: ['auth', 'status'] },
  loginHint,
};

function launch(order: Order): Launch {
  const { model, permissions, args, allowed, server, conversation, schema } = order;
  const tools = ['mcp__federation', ...allowed.map((words) => `Bash(${words.join(' ')}:*)`)];
  return {
    args: [
      '-p',
      '--output-format',
      'stream-json',
      '--verbose',
      // Without it a project's own servers start unasked.
      '--strict-mcp-config',
      '--mcp-config',
      `${order.folder}/mcp.json`,
      '--allowedTools',
      tools.join(','),
      '--permission-mode',
      permissions === 'all' ? 'bypassPermissions' : 'acceptEdits',
      ...(model === null ? [] : ['--model', model]),
      ...(conversation === null ? [] : ['--resume', conversation]),
      ...(schema === null ? [] : ['--json-schema', JSON.stringify(schema)]),
      ...args,
    ],
    env: {
      // It defers most tools behind a search otherwise.
      ENABLE_TOOL_SEARCH: 'false',
      // Ten retries take three minutes, and the fallback is there.
      CLAUDE_CODE_MAX_RETRIES: '2',
      DISABLE_AUTOUPDATER: '1',
    },
    files: { 'mcp.json': JSON.stringify({ mcpServers: { federation: { type: 'stdio', ...server } } }) },
  };
}

function reader(): StreamReader {
  let limit: { text: string; until: number | null } | null = null;
  return {
    out(line) {
      const event = read.jsonLine(line);
      if (event === null) return read.nothingSeen;
      const known = read.conversation(event['session_id']);
      switch (event['type']) {
        case 'system':
          return [...known, ...initOf(event)];
        case 'assistant':
          return [...known, ...contentOf(event)];
        case 'rate_limit_event': {
          const info = read.fieldsOf(event['rate_limit_info']);
          const resets = read.numberOf(info['resetsAt']) * 1_000;
          if (info['status'] === 'rejected') {
            limit = {
              text: `${read.textOf(info['rateLimitType']) || 'usage'} limit`,
              until: resets > 0 ? resets : null,
            };
          }
          return known;
        }
        case 'result':
          return [...known, ...resultOf(event, limit)];
        default:
          return known;
      }
    },
    err: () => read.nothingSeen,
    exit: () => read.nothingSeen,
  };
}

function initOf(event: read.Fields): Seen[] {
  if (event['subtype'] === 'permission_denied') return [read.tool('denied:', event['tool_name'])];
  const failed = read
    .listOf(event['mcp_servers'])
    .find(({ name, status }) => name === 'federation' && status === 'failed');
  return failed === undefined ? [] : [{ kind: 'no-server', text: 'the federation server did not start' }];
}

function contentOf(event: read.Fields): Seen[] {
  return read.listOf(read.fieldsOf(event['message'])['content']).flatMap((part): readonly Seen[] => {
    if (part['type'] === 'text') return read.message(read.textOf(part['text']));
    return part['type'] === 'tool_use' ? [read.tool(read.textOf(part['name']), part['input'])] : [];
  });
}

/** `subtype` says `success` also where the API refused: `is_error` counts. */
function resultOf(event: read.Fields, limit: { text: string; until: number | null } | null): Seen[] {
  const text = read.textOf(event['result']);
  const failed = event['is_error'] === true;
  const status = event['api_error_status'];
  const error = `${read.textOf(event['api_error'])} ${read.textOf(event['error'])}`;
  const seen: Seen[] = [{ kind: 'usage', usage: usageOf(event) }];
  if (event['structured_output'] !== undefined) seen.push({ kind: 'answer', value: event['structured_output'] });
  if (failed && (limit !== null || status === 429 || read.isRateLimit(`${error} ${text}`))) {
    seen.push(read.rateLimit(text || limit?.text || '', limit?.until ?? null));
  } else if (failed && (status === 401 || read.isNotLoggedIn(`${error} ${text}`))) {
    seen.push(read.notLoggedIn(text || 'not logged in', loginHint));
  }
  return [...seen, { kind: 'end', failed, text }];
}

function usageOf(event: read.Fields): RunUsage {
  const usage = read.fieldsOf(event['usage']);
  const cached = read.numberOf(usage['cache_read_input_tokens']) + read.numberOf(usage['cache_creation_input_tokens']);
  const cost = event['total_cost_usd'];
  return {
    input_tokens: read.numberOf(usage['input_tokens']) + cached,
    output_tokens: read.numberOf(usage['output_tokens']),
    cost_usd: typeof cost === 'number' ? cost : null,
  };
}
