/**
 * The processes of this machine: who belongs to a run, and whether a process is the one that was on record. Linux tells
 * through `/proc` (10 ms for 381 processes), other systems through `ps`.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { RunProcess } from '../domain/runs/run.ts';
import { isSignOf, type RunSign, runSign, runVariable } from '../identity/run-identity.ts';

export interface ProcessEntry extends RunProcess {
  readonly parent: number;
  readonly group: number;
}

const hasProc = process.platform === 'linux';

/** This machine since its last boot: pids mean nothing beyond. */
export function machineName(): string {
  return `${hostname()}/${hasProc ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() : bootTime()}`;
}

/** macOS moves its boot time with every correction of the clock, and has an id beside it. */
function bootTime(): string {
  for (const name of ['kern.bootsessionuuid', 'kern.boottime']) {
    try {
      return execFileSync('sysctl', ['-n', name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    } catch {
      // Not this system's name for it.
    }
  }
  return 'unknown';
}

/** Living processes; one that ended and was not waited for is none. */
export function listProcesses(): ProcessEntry[] {
  if (!hasProc) return listByPs();
  return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (entryOf(Number(name)) ?? []) : []));
}

export function processStart(pid: number): string | null {
  const entry = hasProc ? entryOf(pid) : listByPs().find((other) => other.pid === pid);
  return entry?.started ?? null;
}

export function isAlive({ pid, started }: RunProcess): boolean {
  return processStart(pid) === started;
}

export function ownProcess(): RunProcess {
  return { pid: process.pid, started: processStart(process.pid) ?? 'unknown' };
}

function entryOf(pid: number): ProcessEntry | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything, also a parenthesis.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state = 'Z', parent = '0', group = '0'] = fields;
    if (state === 'Z' || state === 'X') return null;
    return { pid, parent: Number(parent), group: Number(group), started: fields[19] ?? '' };
  } catch {
    return null;
  }
}

function listByPs(): ProcessEntry[] {
  // Dates in the words of a language, or of a time zone, would be others for the next process that looks.
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC0' };
  return readPs(execFileSync('ps', [...psArguments], { encoding: 'utf8', env }));
}

export const psArguments = ['-A', '-o', 'pid=,ppid=,pgid=,stat=,lstart='] as const;

/** What `ps` printed. */
export function readPs(text: string): ProcessEntry[] {
  return text.split('\n').flatMap((line) => {
    const [, pid = '', parent = '', group = '', state = '', started = ''] =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*\S)\s*$/.exec(line) ?? [];
    if (pid === '' || state.startsWith('Z')) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), started }];
  });
}

/** A run as its processes are found. */
export interface MarkedRun {
  readonly run_id: string;
  readonly secret_hash: string;
  readonly process: RunProcess | null;
}

/**
 * Everything of a run that lives: its group, what descends from it, and what carries its mark in the environment,
 * wherever it went. A group is only believed to be the run's where its leader is the one on record, or a member is
 * marked: the number may have been used again.
 */
export function processesOf(run: MarkedRun, known: readonly RunProcess[] = []): ProcessEntry[] {
  const all = listProcesses();
  const found = new Map<number, ProcessEntry>();
  for (const entry of all) {
    const isKnown = known.some(({ pid, started }) => pid === entry.pid && started === entry.started);
    const isLeader = run.process?.pid === entry.pid && run.process.started === entry.started;
    if (isKnown || isLeader || isMarked(entry.pid, run)) found.set(entry.pid, entry);
  }
  const group = run.process?.pid;
  const isOwnGroup = group !== undefined && [...found.values()].some((entry) => entry.group === group);
  // Children of children: as often as something was added.
  for (let size = -1; size !== found.size;) {
    size = found.size;
    for (const entry of all) {
      const belongs = found.has(entry.parent) || (isOwnGroup && entry.group === group);
      if (belongs && entry.pid !== process.pid) found.set(entry.pid, entry);
    }
  }
  return [...found.values()];
}

/** Every process that carries a mark of a run, of whatever federation. */
export function signsAbout(): readonly { readonly pid: number; readonly sign: RunSign }[] {
  if (!hasProc) return [];
  return readdirSync('/proc').flatMap((name) => {
    const sign = /^\d+$/.test(name) ? signOf(Number(name)) : null;
    return sign === null ? [] : [{ pid: Number(name), sign }];
  });
}

function isMarked(pid: number, run: MarkedRun): boolean {
  const sign = signOf(pid);
  return sign !== null && isSignOf(run, sign);
}

function signOf(pid: number): RunSign | null {
  if (!hasProc || pid === process.pid) return null;
  let environment: string;
  try {
    environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
  } catch {
    return null;
  }
  const name = `${runVariable}=`;
  const at = environment.startsWith(name) ? 0 : environment.indexOf(`\0${name}`) + 1;
  if (at === 0 && !environment.startsWith(name)) return null;
  try {
    return runSign(environment.slice(at + name.length).split('\0', 1)[0], {});
  } catch {
    return null;
  }
}
