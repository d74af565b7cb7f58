/** The runner's side of `run-gate`: our tools, served to the runs of this process. */
import { prompts } from '../../prompts/index.ts';
import { resources } from '../../resources/index.ts';
import { tools } from '../../tools/index.ts';
import type { ServedRuns } from '../cli/host.ts';
import { version } from '../config/version.ts';
import type { Federation } from '../federation.ts';
import { instructions } from '../mcp/instructions.ts';
import { lazyFederation } from '../mcp/lazy-federation.ts';
import { createLog } from '../mcp/log.ts';
import { gateVariable, openRunGate } from '../mcp/run-gate.ts';
import { completions } from './completions.ts';

export async function serveRuns(federation: Federation): Promise<ServedRuns> {
  const log = createLog();
  const lazy = lazyFederation(async () => federation);
  await lazy.load();
  const service = {
    definitions: { tools, resources, prompts, completions, instructions, version },
    federation: lazy,
    readConfig: async () => federation.config,
    coreOnly: false,
    log,
  };
  const gate = await openRunGate(service, () => federation.state());
  return {
    environment: { [gateVariable]: String(gate.port) },
    close: async () => {
      await gate.close();
      await log.flush();
    },
  };
}
