/** Holds every `next` that a test meets against what its reader can really do. */
import { expect } from 'vitest';
import { type Advice, type Call, callsIn } from '../../src/domain/advice.ts';
import type { FederationState } from '../../src/domain/federation-state.ts';
import { tools } from '../../tools/index.ts';

export interface Reader {
  readonly kind: 'agent' | 'person';
  readonly state: FederationState;
}

/** The call exists for this reader, its arguments parse, its ids exist. */
export function expectTrueAdvice(advice: Advice, { kind, state }: Reader): void {
  for (const call of callsIn(advice)) {
    const tool = tools.find(({ name }) => name === call.tool);
    expect(tool, `no tool is called ${call.tool}`).toBeDefined();
    if (tool === undefined) continue;
    if (kind === 'agent') expect(tool.audience, `${call.tool} is not offered to agents`).toBe('agent');
    // What is left out is for the reader to fill in.
    const parsed = tool.input.partial().safeParse(call.arguments);
    expect(parsed.success, `${call.tool} ${JSON.stringify(call.arguments)}`).toBe(true);
    for (const id of idsIn(call)) expect(exists(state, id), `${id} of ${call.tool} does not exist`).toBe(true);
  }
}

function idsIn({ arguments: args }: Call): string[] {
  return Object.values(args)
    .flat()
    .filter((value) => typeof value === 'string' && /^(?:task|vote|inbox)-\d{4}-\d\d-\d\d-\d+$/.test(value))
    .map(String);
}

function exists({ tasks, archived, votes, archivedVotes, escalations }: FederationState, id: string): boolean {
  return [tasks, archived, votes, archivedVotes, escalations].some((rows) => rows.get(id) !== undefined);
}

const names = tools.map(({ name }) => name).join('|');

/** The calls that a `next` names as agents read it: `claim_task (wait_seconds: 50)`. */
export function callsSaid(next: string): Call[] {
  return [...next.matchAll(new RegExp(`\\b(${names})\\b(?: \\(([^)]*)\\))?`, 'g'))].map(([, tool = '', args = '']) => ({
    tool,
    arguments: Object.fromEntries(
      [...args.matchAll(/(\w+): ("(?:[^"\\]|\\.)*"|\[[^\]]*\]|[^,\s]+)/g)].map(([, name = '', value = '']) => [
        name,
        valueOf(value),
      ]),
    ),
  }));
}

function valueOf(said: string): unknown {
  if (said.startsWith('[')) return said.slice(1, -1).split(', ').map(valueOf);
  try {
    const value: unknown = JSON.parse(said);
    return value;
  } catch {
    return said;
  }
}

/** What every client under test holds each answer against: names and arguments; who may call is the server's to say. */
export function expectKnownCalls(next: string): void {
  for (const { tool, arguments: args } of callsSaid(next)) {
    const input = tools.find(({ name }) => name === tool)?.input;
    const parsed = input?.partial().safeParse(args);
    expect(parsed?.success, `${tool} ${JSON.stringify(args)} in: ${next}`).toBe(true);
  }
}
