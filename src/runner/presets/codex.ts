/** Codex 0.171: `codex exec --json`, its prompt on standard input. */
import type { RunUsage } from '../../domain/runs/run.ts';
import type { Launch, Order, Preset, Seen, StreamReader } from './preset.ts';
import * as read from './reading.ts';

const loginHint = 'run codex login, or set CODEX_API_KEY';

export const codex: Preset = {
  name: 'codex',
  program: 'codex',
  environment: ['OPENAI_*', 'CODEX_*'],
  // On SIGTERM it leaves its shells, on SIGINT nothing.
  interrupt: 'SIGINT',
  readsPrompt: true,
  resumes: true,
  answersBySchema: true,
  launch,
  reader,
  check: { version: ['--version'], login: ['login', 'status'] },
  loginHint,
};

function launch(order: Order): Launch {
  const { model, permissions, args, cwd, conversation, schema, folder } = order;
  const options = [
    ...(permissions === 'all' ? ['--dangerously-bypass-approvals-and-sandbox'] : ['-s', 'workspace-write']),
    '-C',
    cwd,
    '--skip-git-repo-check',
    ...settings(order).flatMap((setting) => ['-c', setting]),
    ...(model === null ? [] : ['-m', model]),
    ...args,
  ];
  const going = conversation === null ? [] : ['resume'];
  const answer = schema === null ? [] : ['--output-schema', `${folder}/schema.json`];
  return {
    args: ['exec', ...options, ...answer, ...going, '--json', ...(conversation === null ? [] : [conversation]), '-'],
    ...(schema === null ? {} : { files: { 'schema.json': JSON.stringify(schema) } }),
  };
}

/** TOML; a JSON string is one of it, too. It does not wait for a server that is not required, and hands on no variables. */
function settings({ server, serverVariables }: Order): string[] {
  const at = 'mcp_servers.federation';
  return [
    `${at}.command=${JSON.stringify(server.command)}`,
    `${at}.args=${JSON.stringify(server.args)}`,
    `${at}.env_vars=${JSON.stringify(serverVariables)}`,
    `${at}.required=true`,
    `${at}.startup_timeout_sec=60`,
    `${at}.tool_timeout_sec=120`,
  ];
}

function reader(now: () => number): StreamReader {
  return {
    out(line) {
      const event = read.jsonLine(line);
      if (event === null) return read.nothingSeen;
      switch (event['type']) {
        case 'thread.started':
          return read.conversation(event['thread_id']);
        case 'item.started':
          return startedOf(read.fieldsOf(event['item']));
        case 'item.completed':
          return completedOf(read.fieldsOf(event['item']));
        case 'turn.completed':
          return [
            { kind: 'usage', usage: usageOf(read.fieldsOf(event['usage'])) },
            { kind: 'end', failed: false, text: '' },
          ];
        case 'turn.failed':
          return failureOf(read.textOf(read.fieldsOf(event['error'])['message']), now());
        default:
          return read.nothingSeen;
      }
    },
    err: (line) =>
      /required MCP server|mcp server .*federation.*(?:failed|timed out)/i.test(line)
        ? [{ kind: 'no-server', text: line }]
        : read.nothingSeen,
    exit: () => read.nothingSeen,
  };
}

function startedOf(item: read.Fields): readonly Seen[] {
  if (item['type'] === 'command_execution') return [read.tool('shell', item['command'])];
  return item['type'] === 'mcp_tool_call'
    ? [read.tool(read.textOf(item['tool']), item['arguments'])]
    : read.nothingSeen;
}

function completedOf(item: read.Fields): readonly Seen[] {
  if (item['type'] === 'agent_message') return read.message(read.textOf(item['text']));
  if (item['type'] !== 'file_change') return read.nothingSeen;
  return [
    read.tool(
      'edit',
      read
        .listOf(item['changes'])
        .map(({ path }) => read.textOf(path))
        .join(' '),
    ),
  ];
}

function failureOf(text: string, now: number): readonly Seen[] {
  const end: Seen = { kind: 'end', failed: true, text };
  if (read.isRateLimit(text)) return [read.rateLimit(text, read.timeIn(text, now)), end];
  return read.isNotLoggedIn(text) ? [read.notLoggedIn(text, loginHint), end] : [end];
}

/** Of the whole thread; it names no price. */
function usageOf(usage: read.Fields): RunUsage {
  return {
    input_tokens: read.numberOf(usage['input_tokens']),
    output_tokens: read.numberOf(usage['output_tokens']),
    cost_usd: null,
  };
}
