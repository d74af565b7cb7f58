#!/usr/bin/env node
/** The program of the preset `ollama`, started by `fed work` and by nobody else. */
import { text as readAll } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { reportFault } from './compose/report-fault.ts';
import { openFederation } from './compose/open-federation.ts';
import { findDir, workingFolder } from './config/find-dir.ts';
import { setting } from './config/settings.ts';
import { OperatorError } from './domain/errors.ts';
import { runActor, runSign } from './identity/run-identity.ts';
import { noteReached } from './runner/runs-folder.ts';
import { runOllama } from './ollama/agent.ts';
import { tools } from '../tools/index.ts';

const text = { type: 'string' } as const;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { model: text, host: text, schema: text } });
  const sign = runSign(undefined, process.env);
  if (sign === null) throw new OperatorError('not-allowed', 'This is started by fed work alone.', 'Use fed ollama.');
  const { dir } = findDir({ option: undefined, environment: process.env, cwd: workingFolder() });
  noteReached(() => dir, sign.run_id);
  const federation = await openFederation({
    folder: dir,
    store: setting(process.env['FEDERATION_STORE']) ?? undefined,
  });
  const stopped = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => stopped.abort());
  const acting = runActor(federation.state(), sign, null);
  const schema: unknown = values.schema === undefined ? null : JSON.parse(values.schema);
  const code = await runOllama({
    federation,
    folder: dir,
    actor: { ...acting, run: sign.run_id, client: 'ollama', provenance: { via: 'stdio', run: sign.run_id } },
    tools,
    prompt: await readAll(process.stdin),
    model: values.model ?? null,
    host: values.host ?? setting(process.env['OLLAMA_HOST']) ?? 'http://127.0.0.1:11434',
    schema: typeof schema === 'object' ? schema : null,
    signal: stopped.signal,
    tell: (event) => void process.stdout.write(`${JSON.stringify(event)}\n`),
  });
  await federation.close();
  return code;
}

try {
  const code = await main();
  process.stdout.write('', () => process.exit(code));
} catch (error) {
  process.exit(reportFault('ollama', error));
}
