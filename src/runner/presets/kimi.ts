/** Kimi Code 2.1: takes its prompt as an argument alone, so that is short and names the file. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Launch, type Order, type Preset, readFileWords, type Seen, type StreamReader } from './preset.ts';
import * as read from './reading.ts';

const loginHint = 'run kimi and type /login';
/** Of the run: takes the place of the user's, whose entries are linked into it. */
const homeName = 'kimi';

export const kimi: Preset = {
  name: 'kimi',
  program: 'kimi',
  environment: ['KIMI_*', 'MOONSHOT_*'],
  interrupt: 'SIGTERM',
  readsPrompt: false,
  resumes: true,
  answersBySchema: false,
  launch,
  reader,
  check: { version: ['--version'], login: null },
  loginHint,
};

/** It has no permissions to set: without a sandbox in front (`wrap`) it may do what the user may. */
function launch(order: Order): Launch {
  const { model, args, server, conversation, folder, folderBefore, promptFile, home, environment } = order;
  const own = environment['KIMI_CODE_HOME'] ?? join(home, '.kimi-code');
  const launched = {
    args: [
      '--output-format',
      'stream-json',
      ...(model === null ? [] : ['-m', model]),
      ...(conversation === null ? [] : ['-S', conversation]),
      ...args,
      `--prompt=${readFileWords(promptFile)}`,
    ],
    // Where the conversation to go on with is kept, too.
    env: { KIMI_CODE_HOME: join(folderBefore ?? folder, homeName) },
  };
  if (folderBefore !== null) return launched;
  return {
    ...launched,
    files: { [`${homeName}/mcp.json`]: JSON.stringify({ mcpServers: { federation: server } }) },
    links: linksTo(own),
  };
}

/** Login, configuration and conversations stay the user's. */
function linksTo(own: string): Readonly<Record<string, string>> {
  if (!existsSync(own)) return {};
  const names = readdirSync(own).filter((name) => name !== 'mcp.json');
  return Object.fromEntries(names.map((name) => [`${homeName}/${name}`, join(own, name)]));
}

function reader(now: () => number): StreamReader {
  return {
    out(line) {
      const event = read.jsonLine(line);
      if (event === null) return read.nothingSeen;
      if (event['type'] === 'session.resume_hint') {
        const id = event['session_id'] ?? read.fieldsOf(event['data'])['session_id'];
        return [...read.conversation(id), { kind: 'end', failed: false, text: '' }];
      }
      if (event['type'] === 'turn.step.retrying') {
        if (event['status_code'] !== 429) return read.nothingSeen;
        const text = read.textOf(event['error_message']);
        return [read.retrying(text, now() + read.numberOf(event['delay_ms']))];
      }
      if (event['role'] !== 'assistant') return read.nothingSeen;
      const calls = read.listOf(event['tool_calls']).map((made) => {
        const called = read.fieldsOf(made['function']);
        return read.tool(read.textOf(called['name']), read.jsonLine(read.textOf(called['arguments'])) ?? '');
      });
      return [...saidIn(event['content']), ...calls];
    },
    err(line) {
      if (/provider\.rate_limit/.test(line)) return [read.rateLimit(line, read.timeIn(line, now()))];
      return /provider\.auth_error/.test(line) ? [read.notLoggedIn(line, loginHint)] : read.nothingSeen;
    },
    exit: () => read.nothingSeen,
  };
}

function saidIn(content: unknown): readonly Seen[] {
  if (typeof content === 'string') return read.message(content);
  return read.listOf(content).flatMap(({ type, text }) => (type === 'text' ? read.message(read.textOf(text)) : []));
}
