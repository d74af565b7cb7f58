/**
 * What remains in state of tasks that left it, one byte for each: they grow for ever. A row for each, with its id, took
 * 0.1 KB of memory and 80 bytes of the checkpoint, 80 MB of it after a million tasks.
 *
 * An id without its last three digits names a page of 1,000 tasks; a page holds a code for each of them.
 */
import type { UndoLog } from '../table.ts';
import { type ArchivedTask, failurePolicies, type TaskId } from './task.ts';

const pageSize = 1_000;
const digits = 3;
const statuses = ['completed', 'failed', 'cancelled'] as const;
type Kept = Omit<ArchivedTask, 'task_id'>;

/** By code. */
const kinds: readonly Kept[] = statuses.flatMap((status) =>
  failurePolicies.map((on_failure) => ({ status, on_failure })),
);
const noTask = 0x2e;
const firstCode = 0x31;

/** As a checkpoint keeps them: the ids' beginning, and a digit for each of them; `.` stands for one that is not here. */
export interface ArchivedPage {
  readonly ids: string;
  readonly codes: string;
}

export class ArchivedTasks {
  /** The digits as character codes. */
  readonly #pages = new Map<string, Uint8Array>();
  readonly #counts = { completed: 0, failed: 0, cancelled: 0 };
  readonly #undo: UndoLog;

  constructor(undo: UndoLog) {
    this.#undo = undo;
  }

  get size(): number {
    return statuses.reduce((sum, status) => sum + this.#counts[status], 0);
  }

  /** How many ended so. */
  get counts(): Readonly<Record<ArchivedTask['status'], number>> {
    return this.#counts;
  }

  has(id: TaskId): boolean {
    return this.get(id) !== undefined;
  }

  get(id: TaskId): ArchivedTask | undefined {
    const kept = keptBy(this.#codeOf(id));
    return kept === undefined ? undefined : { task_id: id, ...kept };
  }

  set({ task_id, status, on_failure }: ArchivedTask): void {
    const before = this.#codeOf(task_id);
    const kind = statuses.indexOf(status) * failurePolicies.length + failurePolicies.indexOf(on_failure);
    this.#put(task_id, firstCode + kind);
    this.#undo.push(() => this.#put(task_id, before));
  }

  *values(): Generator<ArchivedTask, void> {
    for (const [ids, page] of this.#pages) {
      for (const [at, code] of page.entries()) {
        const kept = keptBy(code);
        if (kept !== undefined) yield { task_id: `${ids}${String(at).padStart(digits, '0')}`, ...kept };
      }
    }
  }

  toRows(): ArchivedPage[] {
    const rows = Array.from(this.#pages, ([ids, page]) => ({ ids, codes: String.fromCharCode(...page) }));
    // One that was only tried is left behind empty.
    return rows.filter(({ codes }) => /\d/.test(codes));
  }

  /** For an empty one. */
  restore(rows: readonly ArchivedPage[]): void {
    for (const { ids, codes } of rows) {
      const page = Uint8Array.from(codes, (code) => code.charCodeAt(0));
      this.#pages.set(ids, page);
      for (const code of page) this.#count(code, 1);
    }
  }

  #codeOf(id: TaskId): number {
    return this.#pages.get(id.slice(0, -digits))?.[Number(id.slice(-digits))] ?? noTask;
  }

  #put(id: TaskId, code: number): void {
    const ids = id.slice(0, -digits);
    const page = this.#pages.get(ids) ?? new Uint8Array(pageSize).fill(noTask);
    this.#pages.set(ids, page);
    const at = Number(id.slice(-digits));
    this.#count(page[at] ?? noTask, -1);
    this.#count(code, 1);
    page[at] = code;
  }

  #count(code: number, by: 1 | -1): void {
    const kept = keptBy(code);
    if (kept !== undefined) this.#counts[kept.status] += by;
  }
}

function keptBy(code: number): Kept | undefined {
  return kinds[code - firstCode];
}
