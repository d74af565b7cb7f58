/**
 * A stand-in for the APIs of the models' providers: whatever is asked, the model calls `complete_task` for the task in
 * its prompt, and ends its turn when it has the answer. Told to work on what is ready, it calls `claim_task` first. A
 * model that is called `limited` is at its limit, for an hour; `limited-briefly` does not say for how long.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text as readAll } from 'node:stream/consumers';

type Fields = Readonly<Record<string, unknown>>;

/** What the model does next: calls our tool, or ends. */
type Turn = { readonly call: Call } | { readonly text: string };

interface Call {
  readonly name: string;
  readonly input: Fields;
  /** The last part of its id; the tools of a program itself come before ours. */
  readonly step: 0 | 1 | 2;
}

export interface ModelApi {
  readonly url: string;
  /** Requests by protocol. */
  readonly asked: Map<string, number>;
  close(): void;
}

const farewell = 'The task is completed.';

/** What a person says to a client that has no task yet. */
export const workOnWhatIsReady = 'Work on what is ready in the federation.';

/**
 * `port` 0: any that is free. `logFile`: each request as it came, for looking at. `only`: what the model says to
 * everything, without calling a tool.
 */
export async function startModelApi(
  port: number,
  logFile: string | null = null,
  only: string | null = null,
): Promise<ModelApi> {
  const asked = new Map<string, number>();
  const server = createServer((request, response) => {
    void answer(request, response, { asked, logFile, only }).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://127.0.0.1:${bound}`,
    asked,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

interface Serving {
  readonly asked: Map<string, number>;
  readonly logFile: string | null;
  readonly only: string | null;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { asked, logFile, only }: Serving,
): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const text = await readAll(request);
  if (logFile !== null) appendFileSync(logFile, `${request.method ?? ''} ${request.url ?? ''}\n${text}\n\n`);
  const protocol = protocols.find(({ fits }) => fits(path));
  if (request.method !== 'POST' || protocol === undefined) {
    response.writeHead(request.method === 'GET' ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data: [], models: [] }));
    return;
  }
  asked.set(protocol.name, (asked.get(protocol.name) ?? 0) + 1);
  const [, limited = ''] = /(?:"model":\s*"|models\/)(limited[\w-]*)/.exec(text + path) ?? [];
  if (limited !== '') {
    const until = limited === 'limited' ? { 'retry-after': '3600' } : {};
    response.writeHead(429, { 'content-type': 'application/json', ...until });
    response.end(JSON.stringify({ error: { type: 'rate_limit_error', message: 'You are at your limit', code: 429 } }));
    return;
  }
  protocol.reply(only === null ? turnFor(text) : { text: only }, response);
}

/** What every protocol has in its text: the names of the tools, the prompt, and whether the tool was called. */
function turnFor(text: string): Turn {
  if (text.includes(workOnWhatIsReady)) return claimAndComplete(text);
  const file = /Read the file (\S+) and do what it says/.exec(text)?.[1];
  const prompt = file === undefined ? text : readFileSync(file, 'utf8');
  const task_id = /This run is for one task, (task-\d{4}-\d\d-\d\d-\d+)/.exec(prompt)?.[1];
  const name = offered('complete_task', text);
  const isDone = /toolu_1|call_1|"functionResponse"|"role":\s*"tool"/.test(text);
  if (task_id === undefined || name === undefined || isDone) return { text: farewell };
  const writing = /toolu_0|call_0/.test(text) ? null : writeFor(text, prompt);
  if (writing !== null) return { call: writing };
  // Where another process claimed the task, the number says which attempt is meant.
  const attempt = /Its attempt is (\d+)\./.exec(prompt)?.[1];
  const input = { task_id, outcome: 'success', summary: 'Done by the stand-in model' };
  return { call: { name, input: attempt === undefined ? input : { ...input, attempt: Number(attempt) }, step: 1 } };
}

/** The calls it has made are in the text of the next request, and so is the task that it was given. */
function claimAndComplete(text: string): Turn {
  const [claim, complete] = [offered('claim_task', text), offered('complete_task', text)];
  const summary = 'Done by the stand-in model, which claimed it';
  if (claim === undefined || complete === undefined || text.includes(summary)) return { text: farewell };
  // Examples in the tools' descriptions are of another day.
  const [task_id] = new RegExp(`task-${new Date().toISOString().slice(0, 10)}-\\d+`).exec(text) ?? [];
  if (task_id === undefined) return { call: { name: claim, input: {}, step: 1 } };
  return { call: { name: complete, input: { task_id, outcome: 'success', summary }, step: 2 } };
}

/** A tool of ours, by the name that the program gives it. */
function offered(tool: string, text: string): string | undefined {
  return [...text.matchAll(/"name":\s*"([\w.-]+)"/g)].findLast(([, name = '']) => name.endsWith(tool))?.[1];
}

/** `[write: NAME=TEXT]` in the task: by the tool that its program has for that. */
function writeFor(text: string, prompt: string): Call | null {
  const [, file, content] = /\[write: ([\w.-]+)=([\w-]+)\]/.exec(prompt) ?? [];
  if (file === undefined || content === undefined) return null;
  const folder = /Primary working directory: ([^\\\s]+)/.exec(text)?.[1];
  if (folder !== undefined && text.includes('"name":"Write"')) {
    return { name: 'Write', input: { file_path: join(folder, file), content: `${content}\n` }, step: 0 };
  }
  return text.includes('"name":"exec_command"')
    ? { name: 'exec_command', input: { cmd: `echo ${content} > ${file}` }, step: 0 }
    : null;
}

interface Protocol {
  readonly name: string;
  readonly fits: (path: string) => boolean;
  readonly reply: (turn: Turn, response: ServerResponse) => void;
}

function stream(response: ServerResponse, events: readonly (readonly [string | null, object | string])[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const [name, data] of events) {
    if (name !== null) response.write(`event: ${name}\n`);
    response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
  }
  response.end();
}

const anthropic: Protocol = {
  name: 'anthropic',
  fits: (path) => path.endsWith('/messages'),
  reply(turn, response) {
    const usage = { input_tokens: 1_000, output_tokens: 50 };
    const block =
      'call' in turn
        ? { type: 'tool_use', id: `toolu_${turn.call.step}`, name: turn.call.name, input: {} }
        : { type: 'text', text: '' };
    const delta =
      'call' in turn
        ? { type: 'input_json_delta', partial_json: JSON.stringify(turn.call.input) }
        : { type: 'text_delta', text: turn.text };
    const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'stand-in', content: [], usage };
    const stop_reason = 'call' in turn ? 'tool_use' : 'end_turn';
    stream(response, [
      ['message_start', { type: 'message_start', message: { ...message, stop_reason: null, stop_sequence: null } }],
      ['content_block_start', { type: 'content_block_start', index: 0, content_block: block }],
      ['content_block_delta', { type: 'content_block_delta', index: 0, delta }],
      ['content_block_stop', { type: 'content_block_stop', index: 0 }],
      ['message_delta', { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage }],
      ['message_stop', { type: 'message_stop' }],
    ]);
  },
};

const responses: Protocol = {
  name: 'responses',
  fits: (path) => path.endsWith('/responses'),
  reply(turn, response) {
    const item =
      'call' in turn
        ? {
            type: 'function_call',
            id: 'fc_1',
            call_id: `call_${turn.call.step}`,
            name: turn.call.name,
            ...(turn.call.step === 0 ? {} : { namespace: 'mcp__federation' }),
            arguments: JSON.stringify(turn.call.input),
          }
        : { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: turn.text }] };
    const usage = {
      input_tokens: 1_000,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 50,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 1_050,
    };
    stream(response, [
      ['response.created', { type: 'response.created', response: { id: 'resp_1' } }],
      ['response.output_item.done', { type: 'response.output_item.done', output_index: 0, item }],
      ['response.completed', { type: 'response.completed', response: { id: 'resp_1', output: [item], usage } }],
    ]);
  },
};

const chat: Protocol = {
  name: 'chat',
  fits: (path) => path.endsWith('/chat/completions'),
  reply(turn, response) {
    const call = 'call' in turn ? turn.call : null;
    const delta =
      call === null
        ? { role: 'assistant', content: 'text' in turn ? turn.text : '' }
        : {
            role: 'assistant',
            tool_calls: [
              {
                index: 0,
                id: `call_${call.step === 0 ? 1 : call.step}`,
                type: 'function',
                function: { name: call.name, arguments: JSON.stringify(call.input) },
              },
            ],
          };
    const chunk = { id: 'chat_1', object: 'chat.completion.chunk', created: 1, model: 'stand-in' };
    const usage = { prompt_tokens: 1_000, completion_tokens: 50, total_tokens: 1_050 };
    const finish_reason = call === null ? 'stop' : 'tool_calls';
    stream(response, [
      [null, { ...chunk, choices: [{ index: 0, delta, finish_reason: null }] }],
      [null, { ...chunk, choices: [{ index: 0, delta: {}, finish_reason }], usage }],
      [null, '[DONE]'],
    ]);
  },
};

const google: Protocol = {
  name: 'google',
  fits: (path) => path.includes(':streamGenerateContent') || path.includes(':generateContent'),
  reply(turn, response) {
    const part =
      'call' in turn ? { functionCall: { name: turn.call.name, args: turn.call.input } } : { text: turn.text };
    const usageMetadata = { promptTokenCount: 1_000, candidatesTokenCount: 50, totalTokenCount: 1_050 };
    const candidates = [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }];
    stream(response, [[null, { candidates, usageMetadata, modelVersion: 'stand-in' }]]);
  },
};

const ollama: Protocol = {
  name: 'ollama',
  fits: (path) => path.endsWith('/api/chat'),
  reply(turn, response) {
    const message =
      'call' in turn
        ? {
            role: 'assistant',
            content: '',
            tool_calls: [{ function: { name: turn.call.name, arguments: turn.call.input } }],
          }
        : { role: 'assistant', content: turn.text };
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.write(`${JSON.stringify({ model: 'stand-in', message, done: false })}\n`);
    const end = { done: true, prompt_eval_count: 1_000, eval_count: 50, total_duration: 1_000_000 };
    response.end(`${JSON.stringify({ model: 'stand-in', message: { role: 'assistant', content: '' }, ...end })}\n`);
  },
};

const protocols: readonly Protocol[] = [anthropic, responses, chat, google, ollama];
