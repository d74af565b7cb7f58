/** The two shapes in which a tool answers: its JSON, or an error as JSON. Both reach every client. */
import { randomBytes } from 'node:crypto';
import type { CallToolResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { ToolResult } from '../define-tool.ts';
import { inTools } from '../domain/advice.ts';
import { CallerError, FederationError } from '../domain/errors.ts';
import { systemFault } from '../domain/system-faults.ts';
import { shownJson } from '../domain/text.ts';
import type { StoreFault } from '../store/event-store.ts';
import type { Log } from './log.ts';

/** Whether a tool is offered to who reads the answer. */
export type Offers = (tool: string) => boolean;

/**
 * The text is exactly the JSON of the structured content: some clients show
 * the model only one of the two, some both, and once where they are identical.
 */
export function answer(result: ToolResult, fault: StoreFault | null, offers: Offers): CallToolResult {
  const said = { ...result, next: inTools(result.next, offers) };
  return asContent(fault === null ? said : { ...said, warning: fault });
}

export function refusal(error: FederationError, offers: Offers): CallToolResult {
  return { ...asContent({ ...error.toBody(offers) }), isError: true };
}

const fields = z.record(z.string(), z.unknown());

/** What others wrote into it reaches the model with everything visible. */
function asContent(result: Readonly<Record<string, unknown>>): CallToolResult {
  const json = JSON.stringify(result);
  const text = shownJson(json);
  const structuredContent = text === json ? { ...result } : fields.parse(JSON.parse(text));
  return { content: [{ type: 'text', text }], structuredContent };
}

/** Every error as one this program words itself: an unknown one becomes `internal`, its details go to the log. */
export function asFederationError(error: unknown, during: string, log: Log): FederationError {
  if (error instanceof FederationError) return error;
  const fault = systemFault(error);
  if (fault !== null) return fault;
  const id = randomBytes(4).toString('hex');
  log.error({ id, during, err: error }, 'unexpected error');
  return new CallerError(
    'internal',
    `Unexpected error ${id} in ${during}`,
    `Check whether it took effect before you retry. If it fails again, tell the operator: details of ${id} are on the server's standard error.`,
  );
}
