/**
 * What can be known of what a journal lost: from the records behind the damage
 * that can still be read, from a checkpoint that is further on, and from the
 * readable log.
 */
import { join } from 'node:path';
import type { LostThing } from '../cli/host.ts';
import { checkpointForm } from '../application/checkpoint-form.ts';
import type { FederationState } from '../domain/federation-state.ts';
import { idsIn, kindOfId, taskOrder } from '../domain/tasks/task-id.ts';
import { readRegular } from '../files/regular-file.ts';
import { isSameForm } from '../store/event-store.ts';
import { CheckpointAdapter, checkpointPath, readCheckpointHead } from '../store/journal/checkpoint-file.ts';
import { furthestAcknowledged, type Loss, lostFolder, recordsBehind } from '../store/journal/find-loss.ts';
import { firstWords } from '../views/task-views.ts';

export interface KnownOfLoss {
  /** The last record that is known to have been there. */
  readonly through: number | null;
  /** How many of the records behind what is kept can still be read. */
  readonly readable: number;
  readonly tasks: readonly LostThing[];
  readonly votes: readonly LostThing[];
  /** The highest id of each kind and day that was given out there. */
  readonly lastIds: readonly string[];
}

/** Where what goes is to be looked for. */
type Going = Pick<Loss, 'kept' | 'claims' | 'segment' | 'later'>;

/** `state` is what the kept records fold into; `log` the readable log's path, if there is one. */
export async function knownOfLoss(
  dir: string,
  loss: Going,
  state: FederationState,
  log: string | null,
): Promise<KnownOfLoss> {
  const found = new Findings(state);
  let readable = 0;
  let through = furthestAcknowledged(dir, loss)?.seq ?? 0;
  for (const { seq, commands } of recordsBehind(dir, loss)) {
    readable += 1;
    through = Math.max(through, seq);
    for (const { events } of commands) for (const event of events) found.addEvent(event);
  }
  for (const folder of [dir, join(dir, lostFolder(loss))]) {
    through = Math.max(through, await addCheckpoint(found, folder, dir, loss.kept.seq));
  }
  if (log !== null) through = Math.max(through, await addLog(found, log, loss.kept.seq));
  return { through: through > loss.kept.seq ? through : null, readable, ...found.result() };
}

/** Ids with the best there is to say about each. */
class Findings {
  readonly #state: FederationState;
  readonly #texts = new Map<string, string | null>();
  /** By kind and day. */
  readonly #lastIds = new Map<string, string>();

  constructor(state: FederationState) {
    this.#state = state;
  }

  /** A task or vote that was changed. */
  add(id: string, text: string | null): void {
    this.count(id);
    this.#texts.set(id, text ?? this.#texts.get(id) ?? null);
  }

  /** An id that was given out, whatever became of it. */
  count(id: string): void {
    const [, day = '', number = ''] = /^(.*)-(\d+)$/.exec(id) ?? [];
    const last = this.#lastIds.get(day)?.slice(day.length + 1) ?? -1;
    if (Number(number) > Number(last)) this.#lastIds.set(day, id);
  }

  /** As it was written, perhaps by a version that this one does not know. Texts may hold anything: only fields count. */
  addEvent(event: object): void {
    this.addRow(event);
    for (const [name, value] of new Map<string, unknown>(Object.entries(event))) {
      if (['task', 'vote', 'escalation'].includes(name) && typeof value === 'object' && value !== null) {
        this.addRow(value);
      }
    }
  }

  addRow(row: object): void {
    const fields = new Map<string, unknown>(Object.entries(row));
    const textOf = (name: string): string | null => {
      const value = fields.get(name);
      return typeof value === 'string' ? value : null;
    };
    const [task, vote] = [textOf('task_id'), textOf('vote_id')];
    if (task !== null) this.add(task, textOf('description'));
    if (vote !== null) this.add(vote, textOf('question'));
    for (const id of [textOf('inbox_id'), textOf('optimization_id')]) if (id !== null) this.count(id);
  }

  /** The rows of a later state that are not as they are in what is kept. */
  addState(sections: Readonly<Record<string, readonly unknown[]>>): void {
    const kept = this.#state.toSections();
    for (const name of ['tasks', 'votes', 'escalations'] as const) {
      const before = new Set(kept[name].map((row) => JSON.stringify(row)));
      for (const row of sections[name] ?? []) {
        if (typeof row === 'object' && row !== null && !before.has(JSON.stringify(row))) this.addRow(row);
      }
    }
  }

  result(): Pick<KnownOfLoss, 'tasks' | 'votes' | 'lastIds'> {
    const { tasks, archived, votes, archivedVotes } = this.#state;
    const things = [...this.#texts].map(([id, text]): LostThing => {
      const isThere = tasks.has(id) || archived.has(id) || votes.has(id) || archivedVotes.has(id);
      const known = text ?? tasks.get(id)?.description ?? votes.get(id)?.question ?? null;
      return { id, text: known === null ? null : firstWords(known, 80), becomes: isThere ? 'older' : 'gone' };
    });
    const inOrder = things.sort((one, other) => taskOrder(one.id) - taskOrder(other.id));
    return {
      tasks: inOrder.filter(({ id }) => kindOfId(id) === 'task'),
      votes: inOrder.filter(({ id }) => kindOfId(id) === 'vote'),
      lastIds: [...this.#lastIds.values()].sort(),
    };
  }
}

/** @returns how far it goes; 0 where it is of no use. */
async function addCheckpoint(found: Findings, folder: string, dir: string, keptSeq: number): Promise<number> {
  const head = readCheckpointHead(folder);
  if (head === null || head.position.seq <= keptSeq) return 0;
  const isReadable = head.form !== undefined && isSameForm(head.form, checkpointForm);
  const checkpoint = isReadable ? await new CheckpointAdapter(checkpointPath(folder), dir).read() : null;
  if (checkpoint !== null) found.addState(checkpoint.sections);
  return head.position.seq;
}

/** What the readable log says of records behind what is kept. @returns how far it goes. */
async function addLog(found: Findings, path: string, keptSeq: number): Promise<number> {
  const text = await readRegular(path).then(String, () => '');
  let lines: { readonly seq: number; readonly ids: readonly string[] }[] = [];
  let last = 0;
  for (const line of text.split('\n')) {
    const [, number, said = ''] = /^- (\d+)\.\d+ · [^·]* · [^·]* · ([^"]*)/.exec(line) ?? [];
    if (number === undefined) continue;
    const seq = Number(number);
    // It went back: what comes before was lost already, and accepted.
    if (seq < last) lines = lines.filter((before) => before.seq < seq);
    last = seq;
    if (seq > keptSeq) lines.push({ seq, ids: idsIn(said) });
  }
  for (const { ids } of lines) {
    const [first, ...others] = ids;
    if (first !== undefined) found.add(first, null);
    for (const id of others) found.count(id);
  }
  return lines.at(-1)?.seq ?? 0;
}
