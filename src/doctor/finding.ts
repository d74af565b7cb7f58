import type { Finding } from '../cli/host.ts';
import { FederationError } from '../domain/errors.ts';

export function ok(check: string, detail: string): Finding {
  return { check, status: 'ok', detail, next: null, code: null };
}

export function warning(check: string, detail: string, next: string, fix?: Finding['fix']): Finding {
  return { check, status: 'warning', detail, next, code: null, ...(fix === undefined ? {} : { fix }) };
}

export function problem(check: string, error: unknown): Finding {
  const isOurs = error instanceof FederationError;
  const detail = error instanceof Error ? error.message : String(error);
  const next = isOurs ? error.toBody().error.next : 'Report this with the output of fed doctor --json.';
  return { check, status: 'problem', detail, next, code: isOurs ? error.code : 'corrupt-store' };
}
