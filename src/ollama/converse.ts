/**
 * One conversation with a model that Ollama serves: it is streamed, runs the tools that the model asks for, and ends
 * when the model has nothing more to ask.
 */
import { type ChatResponse, type Message, Ollama, type Tool } from 'ollama';
import { z } from 'zod';
import { FederationError } from '../domain/errors.ts';
import { ProjectFileError } from '../files/project.ts';
import type { LocalTool } from './local-tool.ts';

export interface Conversation {
  readonly client: Ollama;
  readonly model: string;
  readonly prompt: string;
  readonly tools: readonly LocalTool[];
  /** The answer is to be JSON of this schema. */
  readonly schema: object | null;
  readonly signal: AbortSignal;
  /** Told of everything that happens, for the run's log. */
  readonly tell: (event: Readonly<Record<string, unknown>> & { readonly type: string }) => void;
  /** Asked after each round: nothing more is wanted of the model. */
  readonly isDone: () => boolean;
}

/** A model that asks for tools again and again is going in circles. */
const mostRounds = 40;
/** Of a tool's result; a small model's context is soon full. */
const longestResult = 16_000;

/** Gives the model's last text. @throws whatever the server or the connection refuses */
export async function converse(conversation: Conversation): Promise<string> {
  const { prompt, tools, tell, isDone } = conversation;
  const messages: Message[] = [{ role: 'user', content: prompt }];
  const used = { input_tokens: 0, output_tokens: 0 };
  for (let round = 0; round < mostRounds; round++) {
    const { content, calls, end } = await ask(conversation, messages);
    used.input_tokens += end?.prompt_eval_count ?? 0;
    used.output_tokens += end?.eval_count ?? 0;
    tell({ type: 'usage', ...used });
    if (content.trim() !== '') tell({ type: 'message', text: content });
    if (calls.length === 0) return content;
    messages.push({ role: 'assistant', content, tool_calls: [...calls] });
    for (const { function: called } of calls) {
      tell({ type: 'tool', name: called.name, arguments: called.arguments });
      messages.push({ role: 'tool', content: await runTool(tools, called), tool_name: called.name });
    }
    if (isDone()) return content;
  }
  throw new Error(`The model asked for tools ${mostRounds} times without an end`);
}

type Calls = NonNullable<Message['tool_calls']>;

async function ask(
  { client, model, tools, schema, signal }: Conversation,
  messages: readonly Message[],
): Promise<{ content: string; calls: Calls; end: ChatResponse | null }> {
  const stream = await client.chat({
    model,
    messages: [...messages],
    stream: true,
    ...(schema === null ? {} : { format: schema }),
    ...(tools.length === 0 ? {} : { tools: tools.map(published) }),
  });
  const stop = (): void => stream.abort();
  signal.addEventListener('abort', stop, { once: true });
  let content = '';
  const calls: Calls = [];
  let end: ChatResponse | null = null;
  try {
    for await (const part of stream) {
      content += part.message.content;
      calls.push(...(part.message.tool_calls ?? []));
      if (part.done) end = part;
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
  return { content, calls, end };
}

async function runTool(tools: readonly LocalTool[], called: Calls[number]['function']): Promise<string> {
  const tool = tools.find(({ name }) => name === called.name);
  if (tool === undefined)
    return `Error: there is no tool ${called.name}. Use one of ${tools.map(({ name }) => name).join(', ')}.`;
  try {
    const result = await tool.run(tool.input.parse(called.arguments));
    return result.length <= longestResult ? result : `${result.slice(0, longestResult)}\n… (cut)`;
  } catch (error) {
    // What the model can do something about; anything else ends the run.
    if (error instanceof FederationError) return JSON.stringify(error.toBody());
    if (error instanceof z.ZodError) return `Error: ${z.prettifyError(error)}`;
    if (error instanceof ProjectFileError) return `Error: the file ${error.message}`;
    return `Error: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function published({ name, description, input }: LocalTool): Tool {
  const { properties = {}, required = [] } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' });
  const parameters = { type: 'object', required: [...required], properties: plain(properties) };
  return { type: 'function', function: { name, description, parameters } };
}

/** The client's types know fewer keywords than a schema has; the server takes them all. */
function plain(properties: object): Record<string, { type?: string | string[]; description?: string }> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]: [string, unknown]) => [name, { ...asObject(schema) }]),
  );
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
