/** Prompts: texts a person puts before the model by name. */
import type { McpServer } from '@modelcontextprotocol/server';
import type { PromptDefinition } from '../define-tool.ts';
import { CallerError } from '../domain/errors.ts';
import { closest } from '../domain/closest.ts';
import { shown } from '../domain/text.ts';
import type { Connection } from './connection.ts';
import { asProtocolError } from './protocol-error.ts';
import { quote } from '../arguments/quote.ts';
import { clientName, toolContext } from './tool-context.ts';

export function servePrompts(mcpServer: McpServer, connection: Connection): void {
  const { server } = mcpServer;
  const { definitions, federation: lazy, log } = connection.service;
  const { prompts } = definitions;

  server.registerCapabilities({ prompts: {} });
  server.setRequestHandler('prompts/list', () => ({
    prompts: prompts.map((prompt) => ({
      name: prompt.name,
      title: prompt.title,
      description: prompt.description,
      arguments: prompt.arguments.map(({ name, description, required }) => ({ name, description, required })),
    })),
  }));
  server.setRequestHandler('prompts/get', ({ params }, { mcpReq }) => {
    connection.meet(clientName(mcpServer, mcpReq));
    const { name, arguments: given = {} } = params;
    return connection.underWay.during(async () => {
      try {
        const prompt = prompts.find((candidate) => candidate.name === name);
        if (prompt === undefined) throw unknownPrompt(name, prompts);
        checkArguments(prompt, given);
        const federation = await lazy.load();
        await federation.refresh();
        const text = shown(await prompt.render(given, toolContext(connection, federation, mcpReq)));
        return {
          description: prompt.description,
          messages: [{ role: 'user' as const, content: { type: 'text' as const, text } }],
        };
      } catch (error) {
        throw asProtocolError(error, `the prompt ${quote(name)}`, log);
      }
    });
  });
}

function unknownPrompt(name: string, prompts: readonly PromptDefinition[]): CallerError {
  const names = prompts.map((prompt) => prompt.name);
  const meant = closest(name.replaceAll('_', '-'), names);
  return new CallerError(
    'not-found',
    `Unknown prompt ${quote(name)}`,
    `${meant === null ? '' : `Did you mean ${meant}? `}Available: ${names.join(', ')}.`,
  );
}

function checkArguments(prompt: PromptDefinition, given: Readonly<Record<string, string>>): void {
  const known = prompt.arguments.map((argument) => argument.name);
  const next = `Call ${prompt.name} with ${known.length === 0 ? 'no arguments' : known.join(', ')}.`;
  for (const name of Object.keys(given)) {
    if (!known.includes(name)) {
      throw new CallerError('invalid', `The prompt ${prompt.name} has no argument ${quote(name, 40)}`, next);
    }
  }
  for (const { name, required } of prompt.arguments) {
    if (required && (given[name] ?? '') === '') {
      throw new CallerError('invalid', `The prompt ${prompt.name} needs the argument ${name}`, next);
    }
  }
}
