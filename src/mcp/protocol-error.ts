/** Where the protocol has no error result, only error responses: resources, prompts, completion. */
import { inTools } from '../domain/advice.ts';
import { ProtocolError, ProtocolErrorCode } from '@modelcontextprotocol/server';
import type { FederationError } from '../domain/errors.ts';
import { asFederationError } from './answer.ts';
import type { Log } from './log.ts';

/** The message holds what to do next as well: most clients show nothing else. */
export function asProtocolError(error: unknown, during: string, log: Log, data: object = {}): ProtocolError {
  if (error instanceof ProtocolError) return error;
  const known = asFederationError(error, during, log);
  return new ProtocolError(protocolCode(known), `${known.message}. ${inTools(known.next)}`, {
    ...known.toBody(),
    ...data,
  });
}

function protocolCode(error: FederationError): ProtocolErrorCode {
  switch (error.code) {
    case 'internal':
    case 'corrupt-store':
    case 'store-unavailable':
    case 'outcome-unknown':
      return ProtocolErrorCode.InternalError;
    case 'unknown-agent':
    case 'not-identified':
    case 'not-allowed':
    case 'not-found':
    case 'invalid':
    case 'cycle':
    case 'limit-reached':
    case 'paused':
    case 'not-ready':
    case 'already-claimed':
    case 'stale-attempt':
    case 'wrong-state':
    case 'closed':
    case 'checks-failed':
      return ProtocolErrorCode.InvalidParams;
  }
}
