/** Backups and snapshots as the command line asks for them; `src/backup/` does the work. */
import type { Actor } from '../domain/commands.ts';
import type { Position } from '../store/event-store.ts';
import type { StateDifference } from '../views/state-difference.ts';
import type { OpenSettings } from './host.ts';

export interface Snapshot {
  /** The whole name of the commit. */
  readonly commit: string;
  /** Enough of it to name it by. */
  readonly id: string;
  readonly made_at: string;
  readonly by: string;
  /** The last record in it. */
  readonly record: number;
  readonly subject: string;
}

export interface SnapshotTaken {
  readonly snapshot: Snapshot;
  /** False: the newest one holds the same already. */
  readonly is_new: boolean;
}

export interface BackupMade {
  readonly file: string;
  readonly bytes: number;
  /** Of the file. */
  readonly sha256: string;
  /** The last record in it. */
  readonly record: number;
  readonly record_at: string | null;
  readonly tasks: number;
}

/** A backup file, the folder of a federation, or a snapshot. */
export type RestoreSource =
  | { readonly kind: 'path'; readonly path: string }
  | { readonly kind: 'snapshot'; readonly name: string };

export interface RestoreOrder {
  readonly source: RestoreSource;
  readonly by: Actor;
  /** Also replaces a configuration that is there. */
  readonly config: boolean;
}

export interface RestorePreview {
  /** What it is, for a person. */
  readonly source: string;
  readonly record: number;
  readonly record_at: string | null;
  /** From what there is now to what there will be; null: there is nothing that can be read. */
  readonly difference: StateDifference | null;
  /** Agents whose processes are running. */
  readonly running: readonly string[];
}

export interface Restored {
  /** The last record of the copy; seq 0: it is empty. */
  readonly head: Position;
  readonly head_at: string;
  readonly tasks: number;
  readonly votes: number;
  /** The record that says what was given up; null: nothing was. */
  readonly record: number | null;
  /** Tasks and votes that are given up, or go back to how they were. */
  readonly given_up: { readonly tasks: readonly string[]; readonly votes: readonly string[] };
  /** Where the replaced store is kept; null: there was none. */
  readonly kept_in: string | null;
  readonly config: 'restored' | 'kept' | 'same' | 'none';
}

export interface Backups {
  /** @throws OperatorError where the file is there and `force` is not set */
  readonly make: (settings: OpenSettings, file: string, force: boolean) => Promise<BackupMade>;
  /** Verifies the source and changes nothing. */
  readonly preview: (settings: OpenSettings, source: RestoreSource) => Promise<RestorePreview>;
  readonly restore: (settings: OpenSettings, order: RestoreOrder) => Promise<Restored>;
  /** As a federation of its own. */
  readonly restoreBeside: (settings: OpenSettings, source: RestoreSource, to: string) => Promise<Restored>;
  readonly takeSnapshot: (settings: OpenSettings, by: string) => Promise<SnapshotTaken>;
  readonly listSnapshots: (
    settings: OpenSettings,
    most: number,
  ) => Promise<{ readonly items: readonly Snapshot[]; readonly total: number }>;
  /** `to`: null is now. */
  readonly compareSnapshots: (
    settings: OpenSettings,
    from: string,
    to: string | null,
  ) => Promise<{ readonly from: Snapshot; readonly to: Snapshot | null; readonly difference: StateDifference }>;
}
