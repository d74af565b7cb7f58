/** The peak memory of a real server with 100,000 open tasks that loads a checkpoint and writes one. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCheckpointHead } from '../../src/store/journal/checkpoint-file.ts';
import { connect } from '../support/connect.ts';
import { describeTask } from '../support/in-process.ts';
import { serverFile } from '../support/lab.ts';
import type { Row } from '../support/row.ts';

const longestWait = 40_000;

export const memoryRow: Row = {
  name: 'memory',
  slow: true,
  measure: async (lab) => {
    const folder = await lab.prepared('open', 100_000);
    const server = await connect(serverFile, '--as', 'reuben', '--dir', folder);
    await server.call('list_tasks', { limit: 20 });
    const loaded = peakMemory(server.pid);
    const before = positionOf(folder);
    for (let n = 0; n < 100; n++) await server.call('queue_task', { description: describeTask(n) });
    // One is written once nothing has happened for 5 to 10 s.
    const until = performance.now() + longestWait;
    while (positionOf(folder) === before) {
      if (performance.now() > until) throw new Error('Expected a checkpoint to be written, got none');
      await sleep(200);
    }
    const written = peakMemory(server.pid);
    await server.close();
    return [
      {
        what: 'peak memory with 100,000 open tasks, one checkpoint loaded and one written',
        measured: written,
        unit: 'MB',
        target: 300,
        met: 'at most',
        detail: `highest resident memory of the server; ${loaded.toFixed(0)} MB once loaded; the checkpoint has ${((readCheckpointHead(join(folder))?.bytes ?? 0) / 1e6).toFixed(0)} MB`,
      },
    ];
  },
};

function positionOf(folder: string): number {
  return readCheckpointHead(folder)?.position.seq ?? 0;
}

/** In MB. Linux only. */
function peakMemory(pid: number): number {
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(found?.[1] ?? Number.NaN) / 1_000;
}
