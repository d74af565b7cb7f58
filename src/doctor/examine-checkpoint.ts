/** The checkpoint held against a replay of the journal: what a process starts from is what happened. */
import { checkpointForm } from '../application/checkpoint-form.ts';
import type { Finding } from '../cli/host.ts';
import { listed } from '../domain/phrases.ts';
import { restoreState } from '../domain/restore-state.ts';
import { isSameForm } from '../store/event-store.ts';
import {
  CheckpointAdapter,
  checkpointPath,
  readCheckpointHead,
  type StoredCheckpoint,
} from '../store/journal/checkpoint-file.ts';
import { ok, warning } from './finding.ts';

type Sections = Readonly<Record<string, readonly unknown[]>>;

const next = 'It may be deleted at any time: fed doctor --fix sets it aside. Restart servers that run.';

export class CheckpointCheck {
  readonly #head: ReturnType<typeof readCheckpointHead>;
  readonly #stored: StoredCheckpoint | null;
  /** Names what differs; null: it was not compared yet. */
  #differs: readonly string[] | null = null;

  private constructor(head: ReturnType<typeof readCheckpointHead>, stored: StoredCheckpoint | null) {
    this.#head = head;
    this.#stored = stored;
  }

  static async begin(folder: string): Promise<CheckpointCheck> {
    const head = readCheckpointHead(folder);
    const isOurs = head?.form !== undefined && isSameForm(head.form, checkpointForm);
    return new CheckpointCheck(head, isOurs ? await new CheckpointAdapter(checkpointPath(folder)).read() : null);
  }

  /** The journal has been replayed up to record `seq`. */
  note(seq: number, hash: string, sections: () => Sections): void {
    const position = this.#stored?.position;
    if (this.#stored === null || position?.seq !== seq) return;
    this.#differs = position.hash === hash ? differences(this.#stored.sections, sections()) : ['its place'];
  }

  finding(): Finding[] {
    if (this.#head === null) return [];
    const { form, position } = this.#head;
    if (form === undefined || !isSameForm(form, checkpointForm)) {
      return [ok('checkpoint', `written by version ${form?.program ?? 'unknown'}, not used by this one`)];
    }
    if (this.#stored === null) {
      const detail = 'db.json is damaged or was edited; it is ignored, and every start reads the whole journal';
      return [warning('checkpoint', detail, next, 'checkpoint')];
    }
    if (this.#differs === null) {
      return [
        warning('checkpoint', `db.json is of record ${position.seq}, which the journal lacks`, next, 'checkpoint'),
      ];
    }
    if (this.#differs.length === 0) return [ok('checkpoint', `the same as a replay up to record ${position.seq}`)];
    const detail = `db.json differs from what the journal says: ${listed(this.#differs)}`;
    return [{ ...warning('checkpoint', detail, next, 'checkpoint'), status: 'problem', code: 'corrupt-store' }];
  }
}

/** Both through a restored state, so that only what a process would see counts. */
function differences(stored: Sections, replayed: Sections): string[] {
  let restored: Sections;
  try {
    restored = restoreState(stored).toSections();
  } catch {
    return ['sections that are missing'];
  }
  return Object.keys(replayed).flatMap((name) => {
    const [here, there] = [rowsOf(restored[name]), rowsOf(replayed[name])];
    const odd = [...here].filter(([text]) => !there.has(text));
    const missing = [...there].filter(([text]) => !here.has(text));
    const ids = new Set([...odd, ...missing].map(([, row]) => nameOf(row)));
    return ids.size === 0 ? [] : [`${name} (${listed([...ids], 3)})`];
  });
}

function rowsOf(rows: readonly unknown[] = []): ReadonlyMap<string, unknown> {
  return new Map(rows.map((row) => [JSON.stringify(row), row]));
}

/** Its id, or the first field that may be one. */
function nameOf(row: unknown): string {
  if (typeof row !== 'object' || row === null) return String(row);
  const values: unknown[] = Object.values(row);
  const name = values.find((value) => typeof value === 'string' || typeof value === 'number');
  return name === undefined ? 'one' : String(name).slice(0, 60);
}
