/**
 * Tools: the one place that validates arguments, maps errors and renders.
 *
 * The handlers stand on the SDK's plain server rather than on its
 * `registerTool`, which words its own errors for arguments and unknown tools,
 * and would validate a second time.
 */
import {
  type InputRequiredResult,
  isInputRequiredResult,
  type McpServer,
  type ServerContext,
  type Tool,
} from '@modelcontextprotocol/server';
import { parseArguments } from '../arguments/parse-arguments.ts';
import { quote } from '../arguments/quote.ts';
import type { ToolContext, ToolDefinition, ToolResult } from '../define-tool.ts';
import { CallerError, type FederationError, OperatorError } from '../domain/errors.ts';
import type { Federation } from '../federation.ts';
import { answer, asFederationError, type Offers, refusal } from './answer.ts';
import { answeredByPerson, askPerson } from './ask-person.ts';
import { cardOfTool, showsCards } from './cards.ts';
import { closest } from '../domain/closest.ts';
import type { Connection, Service } from './connection.ts';
import { publishSchema } from './publish-schema.ts';
import { clientName, toolContext } from './tool-context.ts';

export function serveTools(mcpServer: McpServer, connection: Connection): void {
  const { server } = mcpServer;
  const { definitions, log } = connection.service;
  const { offered, byName, forAgents } = offerOf(connection.service);

  server.registerCapabilities({ tools: {} });
  server.setRequestHandler('tools/list', async (_request, { mcpReq }) => {
    connection.meet(clientName(mcpServer, mcpReq));
    const all = (await isForPerson(connection)) ? offered : forAgents;
    const listed = connection.authentication.readOnly ? all.filter(isForReading) : all;
    const asCards = showsCards(mcpServer, mcpReq);
    connection.service.federation.prepare();
    return { tools: listed.map((tool) => (asCards && tool.card === true ? withCard(publish(tool)) : publish(tool))) };
  });
  server.setRequestHandler('tools/call', ({ params }, context) => {
    connection.meet(clientName(mcpServer, context.mcpReq));
    const { name, arguments: given } = params;
    let offers: Offers = (called) => byName.get(called)?.audience === 'agent';
    return connection.underWay.during(async () => {
      try {
        const tool = byName.get(name);
        if (tool === undefined) return refusal(unknownTool(definitions.tools, name, forAgents), offers);
        const input = parseArguments(tool, given);
        const lazy = connection.service.federation;
        const federation = lazy.loaded ?? (await lazy.load());
        // A command takes in the news itself, and what is read behind it is as new.
        if (tool.hints.readOnly) await federation.refresh();
        if (connection.authentication.readOnly && !isForReading(tool)) {
          return refusal(forReading(tool.name, federation), offers);
        }
        const working = toolContext(connection, federation, context.mcpReq);
        if (working.reader()?.kind === 'person') offers = (called) => byName.has(called);
        else if (tool.audience === 'operator') {
          // Whoever is nobody is told so first.
          working.actor();
          return refusal(forOperatorOnly(tool.name, federation), offers);
        }
        const outcome = await callTool(mcpServer, connection, tool, { input, working }, context);
        return isInputRequiredResult(outcome) ? outcome : answer(outcome, federation.fault, offers);
      } catch (error) {
        return refusal(asFederationError(error, quote(name), log), offers);
      }
    });
  });
}

async function callTool(
  server: McpServer,
  connection: Connection,
  tool: ToolDefinition,
  { input, working }: { readonly input: Record<string, unknown>; readonly working: ToolContext },
  context: ServerContext,
): Promise<ToolResult | InputRequiredResult> {
  const { federation } = working;
  const answered = await answeredByPerson(connection, federation, context);
  if (answered !== null) return answered;
  const result = await tool.handle(input, working);
  const question = tool.question?.(result, working) ?? null;
  return question === null ? result : await askPerson(server, connection, federation, { question, result }, context);
}

/**
 * Operator tools show only to persons. Where an agent is all there can be, the
 * configuration need not be read.
 */
async function isForPerson(connection: Connection): Promise<boolean> {
  const { authentication, service } = connection;
  if (!authentication.mayBePerson) return false;
  try {
    const config = service.federation.loaded?.config ?? (await service.readConfig());
    return connection.actor(config).kind === 'person';
  } catch {
    // Every call will say what is wrong with the configuration or the name; the list must not fail.
    return false;
  }
}

interface Offer {
  readonly offered: readonly ToolDefinition[];
  readonly byName: ReadonlyMap<string, ToolDefinition>;
  readonly forAgents: readonly ToolDefinition[];
}

/** Over HTTP each request has a server of its own. */
const offersMade = new WeakMap<Service, Offer>();

function offerOf(service: Service): Offer {
  const known = offersMade.get(service);
  if (known !== undefined) return known;
  const offered = service.definitions.tools.filter((tool) => tool.core || !service.coreOnly);
  const byName = new Map(offered.map((tool) => [tool.name, tool]));
  const made = { offered, byName, forAgents: offered.filter((tool) => tool.audience === 'agent') };
  offersMade.set(service, made);
  return made;
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

function withCard(tool: Tool): Tool {
  return { ...tool, _meta: { ...tool._meta, ...cardOfTool } };
}

function unknownTool(
  all: readonly ToolDefinition[],
  name: string,
  offered: readonly ToolDefinition[],
): FederationError {
  const names = offered.map((tool) => tool.name);
  if (all.some((tool) => tool.name === name)) {
    const reason = `The tool ${name} is not available: the server was started with --tools core`;
    return new OperatorError('not-found', reason, `Use one of ${names.join(', ')}.`);
  }
  const meant = closest(name, names);
  return new CallerError(
    'not-found',
    `Unknown tool ${quote(name)}`,
    `${meant === null ? '' : `Did you mean ${meant}? `}Available: ${names.join(', ')}.`,
  );
}

function isForReading({ hints, readsForReadOnly }: ToolDefinition): boolean {
  return hints.readOnly || readsForReadOnly === true;
}

function forReading(tool: string, federation: Federation): FederationError {
  return new OperatorError(
    'not-allowed',
    `${tool} changes something, and this token is read-only`,
    `Ask ${federation.config.operator} for a token that is not.`,
  );
}

function forOperatorOnly(tool: string, federation: Federation): FederationError {
  return new OperatorError(
    'not-allowed',
    `The tool ${tool} is for people only`,
    `Ask ${federation.config.operator} to do it, or carry on with your own work.`,
  );
}
