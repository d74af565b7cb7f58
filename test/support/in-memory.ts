/** A whole federation on the store in memory, called as a client would call it. */
import { parseArguments } from '../../src/arguments/parse-arguments.ts';
import { type Advice, inTools } from '../../src/domain/advice.ts';
import type { Actor } from '../../src/domain/commands.ts';
import { FederationError } from '../../src/domain/errors.ts';
import { configSchema } from '../../src/config/schema.ts';
import { participantKind } from '../../src/domain/participants.ts';
import type { Federation, FederationOptions } from '../../src/federation.ts';
import { runFederation } from '../../src/application/running-federation.ts';
import { MemoryLog, MemoryStore } from '../../src/store/memory/memory-store.ts';
import { tools } from '../../tools/index.ts';
import { Project } from '../../src/files/project.ts';
import { expectTrueAdvice } from './advice.ts';

export interface InMemory {
  readonly federation: Federation;
  readonly log: MemoryLog;
  /** Runs a tool as `who` (`name` or `name/session`); throws what it refuses. */
  readonly call: (
    who: string,
    tool: string,
    args?: Readonly<Record<string, unknown>>,
  ) => Promise<Readonly<Record<string, unknown>> & { readonly next: string }>;
}

export async function inMemory(
  config: Record<string, unknown> = {},
  more: Partial<FederationOptions> = {},
): Promise<InMemory> {
  const log = new MemoryLog();
  const federation = await runFederation({
    store: new MemoryStore(log),
    config: configSchema.parse(config),
    project: new Project('.'),
    ...more,
  });
  const actor = (who: string): Actor => {
    const [name = '', session = `${name}-1`] = who.split('/');
    const kind = participantKind(federation.config, name) ?? 'system';
    return { name, kind, session: kind === 'person' ? null : session, client: null };
  };
  return {
    federation,
    log,
    call: async (who, name, args = {}) => {
      const tool = tools.find((candidate) => candidate.name === name);
      if (tool === undefined) throw new Error(`Expected a tool called ${name}, got none`);
      const check = (next: Advice): void => {
        const kind = actor(who).kind === 'person' ? 'person' : 'agent';
        expectTrueAdvice(next, { kind, state: federation.state() });
      };
      if (tool.hints.readOnly) await federation.refresh();
      try {
        const result = await tool.handle(parseArguments(tool, args), {
          federation,
          actor: () => actor(who),
          reader: () => actor(who),
          signal: new AbortController().signal,
          progress: async () => {},
        });
        check(result.next);
        return { ...result, next: inTools(result.next) };
      } catch (error) {
        if (error instanceof FederationError) check(error.next);
        throw error;
      }
    },
  };
}
