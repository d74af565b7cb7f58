/**
 * A server process over the fake federation: `--as NAME`, `--tools core`.
 * FAKE_FAILS=n makes the first n attempts to open the store fail, FAKE_FAULT=1
 * makes the store read-only, FAKE_SLOW=ms makes opening slow, FAKE_RECORD=file
 * gets what the process did when it ended. A timer keeps it alive for ever.
 */
import { writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ConfigurationError } from '../../src/domain/errors.ts';
import { localAuthentication } from '../../src/mcp/authentication.ts';
import { createLog } from '../../src/mcp/log.ts';
import { runStdio } from '../../src/mcp/stdio.ts';
import { fakeDefinitions } from '../support/mcp-fake-definitions.ts';
import { FakeFederation } from '../support/mcp-fake-federation.ts';

const { values } = parseArgs({ options: { as: { type: 'string' }, tools: { type: 'string' } } });
const fake = new FakeFederation();
let failures = Number(process.env['FAKE_FAILS'] ?? 0);
if (process.env['FAKE_FAULT'] === '1') {
  fake.fault = { code: 'corrupt-store', message: 'Line 3 is damaged', next: 'Run fed doctor.' };
}
setInterval(() => {}, 60_000);

const code = await runStdio({
  definitions: fakeDefinitions(fake),
  coreOnly: values.tools === 'core',
  authentication: localAuthentication(values.as ?? null, process.env),
  open: async () => {
    await wait(Number(process.env['FAKE_SLOW'] ?? 0));
    if (failures > 0) {
      failures -= 1;
      throw new ConfigurationError('config.json:3: agents.claude: Expected an object', 'Correct the file.');
    }
    return fake;
  },
  readProgram: async () => undefined,
  readConfig: async () => fake.config,
  log: createLog(),
});

const record = process.env['FAKE_RECORD'];
if (record !== undefined) writeFileSync(record, JSON.stringify({ ended: fake.ended, closed: fake.closed }));
process.exit(code);
