/** `fed doctor --stress`: the trial in a folder beside the store, on the same disk, and a report to keep. */
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join, resolve } from 'node:path';
import type { OpenSettings, StressOrder, StressReport } from '../../cli/host.ts';
import { version } from '../../config/version.ts';
import { fromMillis } from '../../domain/time.ts';
import { mountOf, thisMachine } from '../machine.ts';
import { stress } from './stress.ts';

const syncs = 200;

export async function stressReport({ folder }: OpenSettings, order: StressOrder): Promise<StressReport> {
  const { seconds, program, signal, onProgress } = order;
  const dir = mkdtempSync(join(resolve(folder), 'stress-'));
  const at = fromMillis(Date.now());
  let isToKeep = false;
  try {
    const processes = Math.min(8, Math.max(4, availableParallelism() * 2));
    const mount = mountOf(folder, await thisMachine.mounts());
    const sync = syncTimes(dir);
    const result = await stress({
      dir: join(dir, 'store'),
      program,
      processes,
      seconds,
      killsPerSecond: 2,
      stopsPerSecond: 5,
      shortWrites: 0.05,
      segmentBytes: 256 * 1024,
      signal,
      onProgress,
    });
    isToKeep = result.findings.length > 0;
    const [cpu] = cpus();
    return {
      at,
      program: version,
      node: process.version,
      system: `${type()} ${release()}`,
      processor: `${cpu?.model.trim() ?? 'unknown'}, ${availableParallelism()} cores`,
      memory_mb: Math.round(totalmem() / 1024 / 1024),
      disk: mount === null ? 'unknown' : `${mount.type} at ${mount.place}`,
      sync_ms: sync,
      processes,
      is_interrupted: signal.aborted,
      ...result,
      kept_in: isToKeep ? dir : null,
    };
  } finally {
    if (!isToKeep) rmSync(dir, { recursive: true, force: true });
  }
}

/** How long the disk takes to make 200 bytes durable, in ms. */
function syncTimes(dir: string): StressReport['sync_ms'] {
  const path = join(dir, 'sync');
  const descriptor = openSync(path, 'wx', 0o600);
  const bytes = Buffer.alloc(200, 'x');
  try {
    const times = Array.from({ length: syncs }, () => {
      const begun = performance.now();
      writeSync(descriptor, bytes);
      fdatasyncSync(descriptor);
      return performance.now() - begun;
    }).sort((one, other) => one - other);
    const at = (share: number): number => Math.round((times[Math.floor(share * (syncs - 1))] ?? 0) * 100) / 100;
    return { median: at(0.5), p99: at(0.99) };
  } finally {
    closeSync(descriptor);
  }
}
