/**
 * The same as `processes.test.ts`, for as long as a person likes:
 *
 *   npx tsx test/store/torture.ts --processes 10 --seconds 120
 *
 * Ends with 1 where anything acknowledged is missing, doubled or falsely refused.
 */
import { parseArgs } from 'node:util';
import buildOnce from '../support/build-once.ts';
import { StoreFolder } from '../support/store-folder.ts';
import { torture } from '../support/store-torture.ts';

const { values } = parseArgs({
  options: {
    processes: { type: 'string', default: '8' },
    seconds: { type: 'string', default: '60' },
    kills: { type: 'string', default: '2' },
    stops: { type: 'string', default: '10' },
    'short-writes': { type: 'string', default: '0.1' },
    'segment-bytes': { type: 'string', default: '1000000' },
    /** Where the disk to be tried is; default: the system's temporary folder. */
    within: { type: 'string' },
  },
});

await buildOnce();
const folder = new StoreFolder(values.within);
const report = await torture({
  store: {
    dir: folder.dir,
    shortWrites: Number(values['short-writes']),
    segmentBytes: Number(values['segment-bytes']),
  },
  processes: Number(values.processes),
  seconds: Number(values.seconds),
  killsPerSecond: Number(values.kills),
  stopsPerSecond: Number(values.stops),
});
console.log(report);
if (report.findings.length > 0) {
  console.log(`The journal is kept in ${folder.dir}.`);
  process.exitCode = 1;
} else {
  folder.dispose();
}
