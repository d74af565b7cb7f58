/**
 * An agent's program without a model: it does what its task says in brackets, `[do: complete]`, and speaks to the
 * server of its run as a real one does.
 *
 *   stand-in-agent plain SERVER          a program by a template; the prompt on standard input
 *   stand-in-agent claude ARGS…          as Claude Code is started, and with its output
 *   stand-in-agent team SERVER           one of a team that works by what type its task is: it says that it is done
 *                                        when it is not, sends work back once, and gets there
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

const [kind = 'plain', ...args] = process.argv.slice(2);
const prompt = readFileSync(0, 'utf8');
const task_id = /\(?(task-\d{4}-\d\d-\d\d-\d+)/.exec(prompt)?.[1] ?? '';
/** In its conversation it remembers what it was to do; that is in the conversation's id. */
const resumed = args[args.indexOf('--resume') + 1] ?? '';
const deed = /\[do: ([\w-]+)(?: ([^\]]*))?\]/.exec(prompt) ?? /stand-in:([\w-]+)/.exec(resumed);
const [, what = 'complete', detail = ''] = deed ?? [];
const session_id = `stand-in:${what}`;

interface Server {
  readonly command: string;
  readonly args: readonly string[];
}

const config = z.object({
  mcpServers: z.object({ federation: z.object({ command: z.string(), args: z.array(z.string()) }) }),
});

function serverOf(): Server {
  if (kind !== 'claude') return { command: process.execPath, args: [args[0] ?? ''] };
  const file = args[args.indexOf('--mcp-config') + 1] ?? '';
  return config.parse(JSON.parse(readFileSync(file, 'utf8'))).mcpServers.federation;
}

/** One call of a tool, over a connection of its own. */
async function call(name: string, given: Record<string, unknown>): Promise<unknown> {
  const { command, args: words } = serverOf();
  const server = spawn(command, [...words], { stdio: ['pipe', 'pipe', 'ignore'] });
  const send = (message: object): void =>
    void server.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const answers = createInterface({ input: server.stdout });
  const clientInfo = { name: kind === 'claude' ? 'claude-code' : 'stand-in', version: '1' };
  send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } });
  for await (const line of answers) {
    const { id, result } = z.object({ id: z.number().optional(), result: z.unknown() }).parse(JSON.parse(line));
    if (id === 1) {
      send({ method: 'notifications/initialized' });
      send({ id: 2, method: 'tools/call', params: { name, arguments: given } });
    }
    if (id !== 2) continue;
    server.stdin.end();
    return z.object({ structuredContent: z.unknown() }).parse(result).structuredContent;
  }
  throw new Error('The server ended without an answer');
}

/** A line on standard output, in the program's own form. */
function say(text: string): void {
  const line =
    kind === 'claude' ? { type: 'assistant', session_id, message: { content: [{ type: 'text', text }] } } : null;
  writeSync(1, `${line === null ? text : JSON.stringify(line)}\n`);
}

function end(failed: boolean, more: object = {}): never {
  const usage = { input_tokens: 100, output_tokens: 20 };
  const result = { type: 'result', session_id, is_error: failed, result: 'That was it.', usage, ...more };
  if (kind === 'claude') writeSync(1, `${JSON.stringify({ ...result, total_cost_usd: 0.01 })}\n`);
  process.exit(failed ? 1 : 0);
}

/** Lives on in a session of its own, and ignores what it is asked. */
function leaveBehind(detached: boolean): void {
  const left = spawn('/bin/sh', ['-c', 'trap "" TERM HUP INT; sleep 600 & wait'], { detached, stdio: 'ignore' });
  left.unref();
}

const forever = (): Promise<never> => new Promise(() => setInterval(() => undefined, 60_000));

const deeds: Readonly<Record<string, () => Promise<void> | void>> = {
  complete: async () => {
    say('Working.');
    const artifacts = detail === '' ? [] : [detail];
    await call('complete_task', { task_id, outcome: 'success', summary: `Done by the ${kind} stand-in`, artifacts });
  },
  review: async () => {
    const work = /This is a review of (task-[\d-]+)/.exec(prompt)?.[1] ?? '';
    const verdict = prompt.includes('[do: rework-once]') && !prompt.includes('Rework of') ? 'rework' : 'accept';
    await call('review_task', { task_id: work, verdict, note: 'Looked at by the stand-in' });
  },
  /** `name=text` files in its folder, then done; `commit` first where the first word says so. */
  write: async () => {
    const [first = '', ...rest] = detail.split(' ');
    writeFiles(first === 'commit' ? rest : [first, ...rest]);
    if (first === 'commit') {
      const who = ['-c', 'user.name=stand-in', '-c', 'user.email=stand-in@example.org'];
      for (const words of [
        ['add', '-A'],
        [...who, 'commit', '-qm', 'work'],
      ])
        spawnSync('git', words, { stdio: 'ignore' });
    }
    await call('complete_task', { task_id, outcome: 'success', summary: `Wrote ${detail}` });
  },
  /** What it wrote by then stays. */
  fail: async () => {
    if (detail !== '') writeFiles(detail.split(' '));
    await call('complete_task', { task_id, outcome: 'failure', summary: 'Tried, did not work', retryable: false });
  },
  release: async () => {
    await call('release_task', { task_id, reason: 'Not for me' });
  },
  /** Another's task: named in the task. */
  steal: async () => {
    const stolen = await call('complete_task', { task_id: detail, outcome: 'success', summary: 'Mine now' });
    const claimed = await call('claim_task', {});
    say(JSON.stringify({ stolen, claimed }));
  },
  arguments: async () => {
    await call('complete_task', { task_id, outcome: 'success', summary: 'Shown' });
    end(false, { result: args.join(' ') });
  },
  'complete-when-asked-to-end': async () => {
    process.on('SIGTERM', () => {
      void call('complete_task', { task_id, outcome: 'success', summary: 'Late' }).then((answer) => {
        say(JSON.stringify(answer));
        process.exit(0);
      });
    });
    say('Waiting.');
    await forever();
  },
  nothing: () => say('I am done, I think.'),
  /** As Claude Code does where our server does not start: it says so, and goes on. */
  'without-server': async () => {
    const failed = await call('list_tasks', {}).then(
      () => false,
      () => true,
    );
    const mcp_servers = [{ name: 'federation', status: failed ? 'failed' : 'connected' }];
    if (kind === 'claude')
      writeSync(1, `${JSON.stringify({ type: 'system', subtype: 'init', session_id, mcp_servers })}\n`);
    say('I have no tools to say that I am done.');
  },
  /** Only when it is asked again. */
  'second-time': async () => {
    say('I am done, I think.');
    if (!prompt.includes('You ended your turn')) return;
    await call('complete_task', { task_id, outcome: 'success', summary: 'Now it is' });
  },
  crash: () => {
    writeSync(2, 'Something broke\n');
    process.exit(7);
  },
  limit: () => {
    const info = { status: 'rejected', resetsAt: Number(detail), rateLimitType: 'five_hour' };
    writeSync(1, `${JSON.stringify({ type: 'rate_limit_event', session_id, rate_limit_info: info })}\n`);
    end(true, { api_error_status: 429, result: "You've hit your 5-hour limit" });
  },
  'logged-out': () => end(true, { api_error_status: 401, result: 'Invalid API key · Please run /login' }),
  /** What its detail names, once there is a file `go`. */
  'after-go': async () => {
    while (!existsSync('go')) await sleep(20);
    await deeds[detail]?.();
  },
  silent: forever,
  'wait-and-talk': async () => {
    setInterval(() => say('Still waiting.'), 200);
    await forever();
  },
  'ignore-term': async () => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
    say('You will have to kill me.');
    await forever();
  },
  fork: async () => {
    leaveBehind(false);
    leaveBehind(true);
    await call('complete_task', { task_id, outcome: 'success', summary: 'Left two behind' });
  },
  /** Forks away and ends: what is left holds its output. */
  daemonise: () => {
    const left = spawn('/bin/sh', ['-c', 'sleep 600'], { detached: true, stdio: ['ignore', 'inherit', 'inherit'] });
    left.unref();
    say('Gone into the background.');
  },
  'no-exit': async () => {
    const done = { type: 'result', session_id, is_error: false, result: 'Done', usage: {} };
    await call('complete_task', { task_id, outcome: 'success', summary: 'Done, but I stay' });
    writeSync(1, `${JSON.stringify(done)}\n`);
    await forever();
  },
  flood: async () => {
    const line = `${'x'.repeat(999)}\n`.repeat(1_000);
    for (let n = 0; n < Number(detail); n++) writeAll(line);
    await call('complete_task', { task_id, outcome: 'success', summary: 'Said a lot' });
  },
  'long-line': async () => {
    for (let n = 0; n < Number(detail); n++) writeAll('y'.repeat(1_000_000));
    await call('complete_task', { task_id, outcome: 'success', summary: 'Said one thing' });
  },
  'broken-json': async () => {
    writeSync(1, '{"type":"assistant"\n{"type":"result","is_error":"maybe"}\n{{{\n\u0000\u0001\n');
    await call('complete_task', { task_id, outcome: 'success', summary: 'Spoke nonsense' });
  },
};

/** `name=text` each. */
function writeFiles(pairs: readonly string[]): void {
  for (const pair of pairs) {
    const [name = '', text = ''] = pair.split('=');
    mkdirSync(dirname(resolve(name)), { recursive: true });
    writeFileSync(name, `${text}\n`);
  }
}

/** A pipe takes what it has room for. */
function writeAll(text: string): void {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== 'EAGAIN') throw error;
    }
  }
}

/** Implementation is reported done at first although it is not, and its first form does not pass the review. */
async function workInTeam(): Promise<void> {
  const type = /^Type: ([\w-]+)/m.exec(prompt)?.[1] ?? '';
  const isRework = /rework of (?:task-|it: done)/i.test(prompt);
  if (type === 'review') {
    const work = /This is a review of (task-[\d-]+)/.exec(prompt)?.[1] ?? '';
    const verdict = isRework ? 'accept' : 'rework';
    const note = isRework ? 'Good now' : 'The second case is missing';
    await call('review_task', { task_id: work, verdict, note });
    return;
  }
  if (type === 'implementation') {
    const limit = prompt.includes('(attempt 1 of ') && !isRework ? 'Infinity' : '3';
    const note = isRework ? '// Never more often, whatever is asked for.\n' : '';
    writeFileSync('witness.mjs', `${note}export const rounds = (wanted) => Math.min(wanted, ${limit});\n`);
  }
  const summary = `${isRework ? 'Rework of it' : type}: done`;
  await call('complete_task', { task_id, outcome: 'success', summary, artifacts: [`work/${task_id}.md`] });
}

await (kind === 'team' ? workInTeam() : deeds[what]?.());
end(false);
