/**
 * Asks the person in front of the client what a call has left to a person. At
 * once, and always optional: a client that cannot ask, a person who declines or
 * does not answer, all leave it in the inbox.
 *
 * Until the protocol of 2025 this is a request to the client while the call
 * waits. Since 2026 the call is answered with the question and repeated with
 * the answer; the question's token, random and good for one answer, keeps a
 * client from answering what it was not asked.
 */
import {
  acceptedContent,
  inputRequired,
  type InputRequiredResult,
  type McpServer,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { PersonQuestion, ToolResult } from '../define-tool.ts';
import type { Actor } from '../domain/commands.ts';
import { FederationError } from '../domain/errors.ts';
import type { Federation } from '../federation.ts';
import { clientCapabilities } from './cards.ts';
import type { Connection } from './connection.ts';
import type { Asked } from './open-questions.ts';

/** Clients give up on a call after 60 s; the answer must come before. */
const longestAnswer = 50_000;
const key = 'decision';

/** What the form gives. */
const decision = z.object({ choice: z.string(), reason: z.string().optional() });
type Decision = z.infer<typeof decision>;

/** The question to the client, or the call's final answer. */
export async function askPerson(
  server: McpServer,
  connection: Connection,
  federation: Federation,
  asked: Asked,
  context: ServerContext,
): Promise<InputRequiredResult | ToolResult> {
  const request = context.mcpReq;
  const isModern = request.envelope !== undefined;
  const person = connection.person(federation.config);
  if (person === null || !canAsk(server, request)) return asked.result;
  const { message } = asked.question;
  const requestedSchema = formOf(asked.question);
  if (isModern) {
    return inputRequired({
      inputRequests: { [key]: inputRequired.elicit({ mode: 'form', message, requestedSchema }) },
      requestState: connection.questions.keep(asked),
    });
  }
  try {
    const { action, content } = await request.elicitInput(
      { mode: 'form', message, requestedSchema },
      { timeout: longestAnswer, signal: request.signal },
    );
    const answer = decision.safeParse(content);
    return action === 'accept' && answer.success ? await carryOut(person, asked, answer.data) : asked.result;
  } catch (error) {
    connection.service.log.info({ reason: error instanceof Error ? error.message : String(error) }, 'nobody answered');
    return asked.result;
  }
}

/** The answer that a repeated call brings; null: the call brings none, or none that was asked for. */
export async function answeredByPerson(
  connection: Connection,
  federation: Federation,
  { mcpReq }: ServerContext,
): Promise<ToolResult | null> {
  const asked = connection.questions.take(mcpReq.requestState());
  if (asked === null) return null;
  const answer = acceptedContent(mcpReq.inputResponses, key, decision);
  const person = connection.person(federation.config);
  return answer === undefined || person === null ? asked.result : await carryOut(person, asked, answer);
}

async function carryOut(person: Actor, { question, result }: Asked, { choice, reason }: Decision): Promise<ToolResult> {
  try {
    return await question.answer(choice, reason?.trim() || null, person);
  } catch (error) {
    // Somebody else was faster, or the choice is none: the call itself has done its part.
    if (error instanceof FederationError) return result;
    throw error;
  }
}

function canAsk(server: McpServer, request: ServerContext['mcpReq']): boolean {
  const elicitation: unknown = clientCapabilities(server, request)?.elicitation;
  if (typeof elicitation !== 'object' || elicitation === null) return false;
  // An empty object is how forms were declared before there was another mode.
  return 'form' in elicitation || Object.keys(elicitation).length === 0;
}

function formOf({ choices }: PersonQuestion) {
  return {
    type: 'object' as const,
    properties: {
      choice: { type: 'string' as const, title: 'Decision', enum: [...choices] },
      reason: { type: 'string' as const, title: 'Reason', maxLength: 2_000 },
    },
    required: ['choice'],
  };
}
