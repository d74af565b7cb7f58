/** Ollama through our own program, which runs the tools itself: its server knows neither MCP nor conversations. */
import type { RunUsage } from '../../domain/runs/run.ts';
import type { Launch, Order, Preset, StreamReader } from './preset.ts';
import * as read from './reading.ts';

export const ollama: Preset = {
  name: 'ollama',
  program: null,
  environment: ['OLLAMA_*'],
  interrupt: 'SIGTERM',
  readsPrompt: true,
  resumes: false,
  answersBySchema: true,
  launch,
  reader,
  check: { version: [], login: null },
  loginHint: 'start it with ollama serve',
};

function launch({ model, args, own, schema, host }: Order): Launch {
  return {
    args: [
      own,
      ...(model === null ? [] : ['--model', model]),
      ...(host === null ? [] : ['--host', host]),
      ...(schema === null ? [] : ['--schema', JSON.stringify(schema)]),
      ...args,
    ],
  };
}

function reader(): StreamReader {
  return {
    out(line) {
      const event = read.jsonLine(line);
      if (event === null) return read.nothingSeen;
      const text = read.textOf(event['text']);
      switch (event['type']) {
        case 'message':
          return read.message(text);
        case 'tool':
          return [read.tool(read.textOf(event['name']), event['arguments'])];
        case 'usage':
          return [{ kind: 'usage', usage: usageOf(event) }];
        case 'answer':
          return [{ kind: 'answer', value: event['value'] }];
        case 'missing':
          return [{ kind: 'trouble', trouble: { kind: 'program-missing', text, until: null } }];
        case 'busy':
          return [read.rateLimit(text, null)];
        case 'end':
          return [{ kind: 'end', failed: event['failed'] === true, text }];
        default:
          return read.nothingSeen;
      }
    },
    err: () => read.nothingSeen,
    exit: () => read.nothingSeen,
  };
}

/** On this machine: it costs nothing. */
function usageOf(event: read.Fields): RunUsage {
  return {
    input_tokens: read.numberOf(event['input_tokens']),
    output_tokens: read.numberOf(event['output_tokens']),
    cost_usd: 0,
  };
}
