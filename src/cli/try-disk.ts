/** `fed doctor --stress`: proves on this disk that nothing is lost, with a report to keep. */
import { writeFileSync } from 'node:fs';
import { plural } from '../domain/phrases.ts';
import type { StressReport } from './host.ts';
import { progressOf } from './progress.ts';
import { Ended, exitCodes, UsageError } from './report-error.ts';
import { openSettings, type RunContext, show } from './session.ts';
import { oneLine } from './terminal.ts';

/** More are counted, not named. */
const mostFindings = 20;

export async function tryDisk(context: RunContext, seconds: number, file: string | undefined): Promise<void> {
  const { host } = context;
  const progress = progressOf(host, 'stress');
  let report: StressReport;
  try {
    report = await host.stress(openSettings(context), {
      seconds,
      program: [process.execPath, host.programs.fed, 'stress-worker'],
      signal: host.signal,
      onProgress: (done) => progress.show(Math.floor(done), seconds),
    });
  } finally {
    progress.end();
  }
  const text = inWords(report);
  if (file !== undefined) write(file, `${text}\n`);
  const isGood = report.findings.length === 0;
  const next = isGood ? '' : 'Do not keep a federation on this disk. Report this with the folder that is kept.';
  show(context, { ok: isGood, ...report, next }, () => text);
  if (!isGood) throw new Ended(exitCodes.corrupt);
}

function inWords(report: StressReport): string {
  const { findings, seconds, acknowledged, sync_ms, kept_in } = report;
  const verdict =
    findings.length === 0
      ? `Nothing was lost: each of ${acknowledged} acknowledged commands is in the journal, once.`
      : `${plural(findings.length, 'fault')} in ${acknowledged} acknowledged commands:`;
  return [
    `Stress test of ${report.at}${report.is_interrupted ? ', interrupted' : ''}`,
    '',
    verdict,
    ...findings.slice(0, mostFindings).map((finding) => `  ${oneLine(finding)}`),
    ...(findings.length > mostFindings ? [`  and ${findings.length - mostFindings} more`] : []),
    '',
    `Processes   ${report.processes} at a time; ${report.kills} killed, ${report.stops} suspended, 5% of writes cut short`,
    `Time        ${seconds.toFixed(1)} s, ${Math.round(acknowledged / seconds)} commands a second`,
    `Journal     ${plural(report.records, 'record')} in ${plural(report.files, 'file')}`,
    `Disk        ${report.disk}; a sync takes ${sync_ms.median} ms, 1 of 100 takes ${sync_ms.p99} ms`,
    `Machine     ${report.system}, ${report.processor}, ${report.memory_mb} MB`,
    `Program     federation-mcp ${report.program}, Node ${report.node}`,
    ...(kept_in === null ? [] : [`Kept        ${kept_in}`]),
  ].join('\n');
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`The report could not be written: ${why}`, 'Name another file.');
  }
}
