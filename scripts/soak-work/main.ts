/** `npm run soak:work`: three minutes of agents' programs and runners that are killed at random. */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build, bundle } from '../build.ts';
import { runWorkSoak } from './run-work-soak.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '180' } } });
const dist = resolve(import.meta.dirname, '../../dist');
await build();
await bundle(['test/programs/stand-in-agent.ts'], join(dist, 'for-tests'));
const result = await runWorkSoak({
  seconds: Number(values.seconds),
  fed: join(dist, 'src/fed.js'),
  server: join(dist, 'src/main.js'),
  standIn: join(dist, 'for-tests/stand-in-agent.js'),
  folder: tmpdir(),
  random: Math.random,
});
console.log(JSON.stringify(result, null, 2));
if (result.faults.length > 0) process.exitCode = 1;
