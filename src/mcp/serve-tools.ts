/**
 * Tools: the one place that validates arguments, maps errors and renders.
 *
 * The handlers stand on the SDK's plain server rather than on its
 * `registerTool`, which words its own errors for arguments and unknown tools,
 * and would validate a second time.
 */
import {
  type CallToolResult,
  type InputRequiredResult,
  isInputRequiredResult,
  type ServerContext,
  type Tool,
} from '@modelcontextprotocol/server';
import type { ToolDefinition } from '../define-tool.ts';
import { participantKind } from '../domain/participants.ts';
import { CallerError, type FederationError, OperatorError } from '../domain/errors.ts';
import type { Federation } from '../federation.ts';
import { answer, asFederationError, refusal } from './answer.ts';
import { answeredByPerson, askPerson } from './ask-person.ts';
import { closest } from '../domain/closest.ts';
import { type Connection, toolContext } from './connection.ts';
import { invalidArguments } from './describe-issues.ts';
import { publishSchema } from './publish-schema.ts';
import { quote } from './shorten.ts';

export function serveTools(connection: Connection): void {
  const { server } = connection.server;
  const offered = connection.definitions.tools.filter((tool) => tool.core || !connection.coreOnly);
  const byName = new Map(offered.map((tool) => [tool.name, tool]));
  const forAgents = offered.filter((tool) => tool.audience === 'agent');

  server.registerCapabilities({ tools: {} });
  server.setRequestHandler('tools/list', async () => {
    const listed = (await isForPerson(connection)) ? offered : forAgents;
    return { tools: listed.map(publish) };
  });
  server.setRequestHandler('tools/call', async (request, context) => {
    const { name } = request.params;
    connection.underWay.begin();
    try {
      const tool = byName.get(name);
      if (tool === undefined) return refusal(unknownTool(connection, name, forAgents));
      return await callTool(connection, tool, request.params.arguments ?? {}, context);
    } catch (error) {
      return refusal(asFederationError(error, quote(name), connection.log));
    } finally {
      connection.underWay.end();
    }
  });
}

async function callTool(
  connection: Connection,
  tool: ToolDefinition,
  given: unknown,
  context: ServerContext,
): Promise<CallToolResult | InputRequiredResult> {
  const parsed = tool.input.safeParse(given);
  if (!parsed.success) {
    return refusal(invalidArguments(tool.name, Object.keys(tool.input.shape), given, parsed.error.issues));
  }
  const federation = connection.federation.loaded ?? (await connection.federation.load());
  // A command takes in the news itself, and what is read behind it is as new.
  if (tool.hints.readOnly) await federation.refresh();
  const working = toolContext(connection, federation, context);
  if (tool.audience === 'operator' && working.actor().kind !== 'person') {
    return refusal(forOperatorOnly(tool.name, federation));
  }
  const answered = await answeredByPerson(connection, federation, context);
  if (answered !== null) return answer(answered, federation.fault);
  const result = await tool.handle(parsed.data, working);
  const question = tool.question?.(result, working) ?? null;
  if (question === null) return answer(result, federation.fault);
  const outcome = await askPerson(connection, federation, { question, result }, context);
  return isInputRequiredResult(outcome) ? outcome : answer(outcome, federation.fault);
}

/**
 * Operator tools show only where a person is named. Without a name the client
 * is an agent at most, and the configuration need not be read.
 */
async function isForPerson(connection: Connection): Promise<boolean> {
  const { named } = connection.identity;
  if (named === null) return false;
  try {
    const config = connection.federation.loaded?.config ?? (await connection.readConfig());
    return participantKind(config, named) === 'person';
  } catch {
    // Every call will say what is wrong with the configuration; the list must not fail.
    return false;
  }
}

const published = new WeakMap<ToolDefinition, Tool>();

function publish(tool: ToolDefinition): Tool {
  const known = published.get(tool);
  if (known !== undefined) return known;
  const { readOnly, destructive, idempotent } = tool.hints;
  const made: Tool = {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: publishSchema(tool.input),
    annotations: {
      readOnlyHint: readOnly,
      destructiveHint: destructive,
      idempotentHint: idempotent,
      openWorldHint: false,
    },
    ...(tool.alwaysLoad === true && { _meta: { 'anthropic/alwaysLoad': true } }),
  };
  published.set(tool, made);
  return made;
}

function unknownTool(connection: Connection, name: string, offered: readonly ToolDefinition[]): FederationError {
  const names = offered.map((tool) => tool.name);
  if (connection.definitions.tools.some((tool) => tool.name === name)) {
    const reason = `The tool ${name} is not offered here: the server was started with --tools core`;
    return new OperatorError('not-found', reason, `Use one of ${names.join(', ')}.`);
  }
  const meant = closest(name, names);
  return new CallerError(
    'not-found',
    `Expected the name of a tool of this server, got ${quote(name)}`,
    `${meant === null ? '' : `Did you mean ${meant}? `}The tools are ${names.join(', ')}.`,
  );
}

function forOperatorOnly(tool: string, federation: Federation): FederationError {
  return new OperatorError(
    'not-allowed',
    `The tool ${tool} is for people`,
    `Ask ${federation.config.operator} to do it, or go on with your own work.`,
  );
}
