/** A whole federation on the store in memory, called as a client would call it. */
import type { Actor } from '../../src/domain/commands.ts';
import { configSchema } from '../../src/domain/config.ts';
import { participantKind } from '../../src/domain/participants.ts';
import type { ToolResult } from '../../src/define-tool.ts';
import type { Federation, FederationOptions } from '../../src/federation.ts';
import { runFederation } from '../../src/application/running-federation.ts';
import { MemoryLog, MemoryStore } from '../../src/store/memory/memory-store.ts';
import { tools } from '../../tools/index.ts';

export interface InMemory {
  readonly federation: Federation;
  readonly log: MemoryLog;
  /** Runs a tool as `who` (`name` or `name/session`); throws what it refuses. */
  readonly call: (who: string, tool: string, args?: Readonly<Record<string, unknown>>) => Promise<ToolResult>;
}

export async function inMemory(
  config: Record<string, unknown> = {},
  more: Partial<FederationOptions> = {},
): Promise<InMemory> {
  const log = new MemoryLog();
  const federation = await runFederation({
    store: new MemoryStore(log),
    config: configSchema.parse(config),
    projectDir: '.',
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
      if (tool.hints.readOnly) await federation.refresh();
      return await tool.handle(tool.input.parse(args), {
        federation,
        actor: () => actor(who),
        signal: new AbortController().signal,
        progress: async () => {},
      });
    },
  };
}
