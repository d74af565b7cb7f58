/**
 * run      one start of an agent's program by the runner, for one attempt at a task, or for one ballot
 * planned  the task is claimed and nothing runs yet
 * running  the program's process is on record; it was let go only after that
 * ended    nothing of it runs any more
 * settled  what became of the attempt: done by the agent itself, or by the runner from how the run ended
 */
import type { AgentName, SessionId, TaskId } from '../names.ts';
import type { Timestamp } from '../time.ts';
import type { VoteId } from '../votes/vote.ts';

/** A pid alone is used again; with its start time it names one process of one machine since its last boot. */
export interface RunProcess {
  readonly pid: number;
  /** As the system counts it; compared, never computed with. */
  readonly started: string;
}

export const runEnds = [
  'exited',
  'idle',
  'timeout',
  'stopped',
  'paused',
  'lease-lost',
  'runner-stopped',
  'runner-gone',
  'not-started',
] as const;
/**
 * exited          the program ended by itself
 * idle, timeout   it wrote nothing for too long, or ran too long
 * stopped         a person stopped this run
 * paused          a hard pause
 * lease-lost      its attempt was over: cancelled, reassigned, expired
 * runner-stopped  the runner was asked to end
 * runner-gone     the runner died
 * not-started     the program could not be started
 */
export type RunEnd = (typeof runEnds)[number];

export const troubles = ['rate-limit', 'not-logged-in', 'program-missing'] as const;
/** What keeps an agent from any work, not only from this task. */
export type TroubleKind = (typeof troubles)[number];

export interface Trouble {
  readonly kind: TroubleKind;
  readonly text: string;
  /** When it ends, where the program named a time. */
  readonly until: Timestamp | null;
}

export interface RunUsage {
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** `null`: the program does not say. */
  readonly cost_usd: number | null;
}

export interface RunExit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** `continued`: another run goes on in the same conversation. `lost`: the attempt was over before the run was. */
export type RunOutcome = 'completed' | 'failed' | 'released' | 'continued' | 'lost' | 'voted' | 'no-ballot';

export interface Run {
  readonly run_id: string;
  readonly agent: AgentName;
  /** Of the lease: whatever acts for the run acts in it. */
  readonly session: Exclude<SessionId, null>;
  /** A preset's name, or the command's. */
  readonly program: string;
  readonly task_id: TaskId | null;
  readonly attempt: number | null;
  readonly vote_id: VoteId | null;
  /** The run whose conversation it goes on with. */
  readonly continues: string | null;
  /** `exit`: its exit code decides what becomes of the attempt. As configured when it was planned. */
  readonly settle: 'agent' | 'exit';
  /** SHA-256 of the secret by which a server or `fed` shows that it belongs to this run. */
  readonly secret_hash: string;
  /** Names a machine since its last boot. */
  readonly machine: string;
  readonly runner: RunProcess;
  readonly process: RunProcess | null;
  readonly status: 'planned' | 'running' | 'ended';
  readonly planned_at: Timestamp;
  readonly started_at: Timestamp | null;
  readonly ended_at: Timestamp | null;
  readonly end: RunEnd | null;
  readonly exit: RunExit | null;
  readonly trouble: Trouble | null;
  /** The program's own id, by which it can be resumed. */
  readonly conversation: string | null;
  readonly usage: RunUsage | null;
  readonly last_words: string;
  readonly server_fault?: string;
  readonly outcome: RunOutcome | null;
  readonly stop: { readonly by: string; readonly reason: string | null } | null;
}
