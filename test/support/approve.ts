/** What the operator approves on this machine: everything of the configuration as it is now. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configSchema } from '../../src/config/schema.ts';
import { Trust, trustedParts } from '../../src/config/trust.ts';

/** `folder`: that holds `.federation`; kept where `XDG_STATE_HOME` of this process says. */
export function approve(folder: string): void {
  const config = configSchema.parse(JSON.parse(readFileSync(join(folder, '.federation', 'config.json'), 'utf8')));
  new Trust(folder, process.env).approve(trustedParts(config, folder), new Date().toISOString());
}
