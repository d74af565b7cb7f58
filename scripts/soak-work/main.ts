/** `npm run soak:work`: three minutes of agents' programs, runners and landers that are killed at random. */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import buildOnce from '../../test/support/build-once.ts';
import { programFile } from '../../test/support/program-file.ts';
import { runLandingSoak } from './run-landing-soak.ts';
import { runWorkSoak } from './run-work-soak.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '180' } } });
const dist = resolve(import.meta.dirname, '../../dist');
await buildOnce();
const options = {
  seconds: Number(values.seconds) / 2,
  fed: join(dist, 'src/fed.js'),
  server: join(dist, 'src/main.js'),
  standIn: programFile('stand-in-agent'),
  folder: tmpdir(),
  random: Math.random,
};
const work = await runWorkSoak(options);
const landing = await runLandingSoak(options);
console.log(JSON.stringify({ work, landing }, null, 2));
if (work.faults.length + landing.faults.length > 0) process.exitCode = 1;
