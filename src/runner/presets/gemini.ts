/** Gemini CLI 0.61: `gemini -o stream-json`, its prompt on standard input. */
import type { RunUsage } from '../../domain/runs/run.ts';
import type { Launch, Order, Preset, Seen, StreamReader } from './preset.ts';
import * as read from './reading.ts';

const loginHint = 'run gemini and log in, or set GEMINI_API_KEY';
/** The status of the provider's answer, modulo 256, and its own for "no authentication". */
const exits = { limited: 173, refused: 145, noAuthentication: 41 };

export const gemini: Preset = {
  name: 'gemini',
  program: 'gemini',
  environment: ['GEMINI_*', 'GOOGLE_*'],
  interrupt: 'SIGTERM',
  readsPrompt: true,
  resumes: true,
  answersBySchema: false,
  launch,
  reader,
  check: { version: ['--version'], login: null },
  loginHint,
};

function launch({ model, permissions, args, allowed, server, conversation, folder, environment }: Order): Launch {
  const settings = {
    mcpServers: { federation: { ...server, trust: true } },
    // Keeps a project's own servers out.
    mcp: { allowed: ['federation'] },
    general: { enableAutoUpdate: false },
    // With another base URL it does not find out by itself that a key is meant.
    ...(environment['GEMINI_API_KEY'] === undefined ? {} : { security: { auth: { selectedType: 'gemini-api-key' } } }),
  };
  return {
    args: [
      '-o',
      'stream-json',
      '--skip-trust',
      '--approval-mode',
      permissions === 'all' ? 'yolo' : 'auto_edit',
      '--allowed-mcp-server-names',
      'federation',
      ...(permissions === 'all' || allowed.length === 0 ? [] : ['--policy', `${folder}/policy.toml`]),
      ...(model === null ? [] : ['-m', model]),
      ...(conversation === null ? [] : ['-r', conversation]),
      ...args,
    ],
    env: { GEMINI_CLI_SYSTEM_SETTINGS_PATH: `${folder}/settings.json` },
    files: { 'settings.json': JSON.stringify(settings), 'policy.toml': policyFor(allowed) },
  };
}

function policyFor(allowed: Order['allowed']): string {
  return allowed
    .map(
      (words) =>
        `[[rule]]\ntoolName = "run_shell_command"\ncommandPrefix = ${JSON.stringify(words.join(' '))}\ndecision = "allow"\npriority = 100\n`,
    )
    .join('\n');
}

function reader(now: () => number): StreamReader {
  let said = '';
  let failure = '';
  const flush = (): readonly Seen[] => {
    const text = said;
    said = '';
    return read.message(text);
  };
  return {
    out(line) {
      const event = read.jsonLine(line);
      if (event === null) return read.nothingSeen;
      switch (event['type']) {
        case 'init':
          return read.conversation(event['session_id']);
        case 'message':
          // Pieces of one message follow each other.
          if (event['role'] === 'assistant') said += read.textOf(event['content']);
          return read.nothingSeen;
        case 'tool_use':
          return [...flush(), read.tool(read.textOf(event['tool_name']), event['parameters'])];
        case 'error':
          failure = read.textOf(event['message']);
          return read.nothingSeen;
        case 'result': {
          const error = read.fieldsOf(event['error']);
          failure = read.textOf(error['message']) || failure;
          return [
            ...flush(),
            { kind: 'usage', usage: usageOf(read.fieldsOf(event['stats'])) },
            { kind: 'end', failed: event['status'] !== 'success', text: failure },
          ];
        }
        default:
          return read.nothingSeen;
      }
    },
    err(line) {
      // Below a folder that others may write to, such as /tmp, it does not trust the file with our server.
      if (/Skipping system settings file/.test(line)) return [{ kind: 'no-server', text: line }];
      if (read.isRateLimit(line) || /exhausted your|quota/i.test(line)) failure = line;
      return read.nothingSeen;
    },
    exit({ code }) {
      if (code === 0) return flush();
      const isLimit = code === exits.limited || read.isRateLimit(failure);
      if (isLimit) return [...flush(), read.rateLimit(failure, read.timeIn(failure, now()))];
      if (code === exits.refused || code === exits.noAuthentication) {
        return [...flush(), read.notLoggedIn(failure || 'not logged in', loginHint)];
      }
      return flush();
    },
  };
}

function usageOf(stats: read.Fields): RunUsage {
  return {
    input_tokens: read.numberOf(stats['input_tokens']),
    output_tokens: read.numberOf(stats['output_tokens']),
    cost_usd: null,
  };
}
