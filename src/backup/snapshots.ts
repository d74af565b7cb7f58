/**
 * Snapshots of the store in the repository around it: commits on a reference of their own, made by plumbing with an index
 * of their own. Work tree, index, HEAD, branches and hooks are not touched.
 *
 * Journal files are kept in pieces of 1 MiB, `journal/000001.jsonl/0000`: a journal only grows, so that a snapshot adds
 * its last piece and what came behind it, not a file of 16 MiB each time.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Snapshot, SnapshotTaken } from '../cli/backups.ts';
import { OperatorError } from '../domain/errors.ts';
import { evolve } from '../domain/evolve.ts';
import { FederationState } from '../domain/federation-state.ts';
import { plural } from '../domain/phrases.ts';
import { diskFiles } from '../files/file-layer.ts';
import type { Environment } from '../identity/agent-markers.ts';
import { Git } from '../runner/git/git.ts';
import { taskCounts } from '../views/task-counts.ts';
import { copyOf, isCopied, type StoreCopy, syncFolders, writeNew } from './store-copy.ts';

export const snapshotReference = 'refs/federation/snapshots';

const pieceBytes = 1024 * 1024;
const mostTries = 3;

export class Snapshots {
  readonly #git: Git;

  private constructor(git: Git) {
    this.#git = git;
  }

  /** Of the repository that the folder lies in. @throws OperatorError where it lies in none */
  static async open(folder: string, environment: Environment): Promise<Snapshots> {
    const git = new Git(dirname(folder), environment);
    const { code, stderr } = await git.try(['rev-parse', '--git-dir']);
    if (code === 0) return new Snapshots(git);
    const isNone = /not a git repository/i.test(stderr);
    throw new OperatorError(
      'not-allowed',
      isNone ? `${dirname(folder)} is in no git repository.` : `git cannot use the repository: ${stderr.trim()}`,
      isNone
        ? 'Run git init there, or use fed backup FILE, which needs no git.'
        : 'Fix the repository, or use fed backup.',
    );
  }

  /** Commits the store as it is now. */
  async take(folder: string, by: string): Promise<SnapshotTaken> {
    const state = new FederationState();
    const copy = await copyOf(folder, ({ at, commands }) => {
      for (const command of commands) for (const event of command.events) evolve(state, event, { at, by: command.by });
    });
    for (let tried = 1; ; tried += 1) {
      const before = await this.#newest();
      const tree = await this.#writeTree(copy, before);
      if (before !== null && (await this.#git.run(['rev-parse', `${before}^{tree}`])) === tree) {
        return { snapshot: await this.#describe(before), is_new: false };
      }
      const commit = await this.#commit(tree, before, by, messageOf(copy, state));
      // Only where nobody made one meanwhile.
      const moved = await this.#git.try(['update-ref', snapshotReference, commit, before ?? '']);
      if (moved.code === 0) return { snapshot: await this.#describe(commit), is_new: true };
      if (tried === mostTries) {
        throw new OperatorError('not-allowed', `git update-ref failed: ${moved.stderr.trim()}`, 'Try again.');
      }
    }
  }

  /** The newest first. */
  async list(most: number): Promise<{ readonly items: readonly Snapshot[]; readonly total: number }> {
    if ((await this.#newest()) === null) return { items: [], total: 0 };
    const total = Number(await this.#git.run(['rev-list', '--count', snapshotReference]));
    return { items: await this.#log([`--max-count=${most}`, snapshotReference]), total };
  }

  async newest(): Promise<Snapshot | null> {
    const newest = await this.#newest();
    return newest === null ? null : await this.#describe(newest);
  }

  /** `latest`, `latest~2`, or the beginning of a commit's name. @throws OperatorError where it is none of the snapshots */
  async find(name: string): Promise<Snapshot> {
    const newest = await this.#newest();
    if (newest === null) {
      throw new OperatorError('not-found', 'There are no snapshots yet.', 'Take one with fed snapshot.');
    }
    const [, back] = /^latest((?:~\d{0,6})?)$/.exec(name) ?? [];
    const isId = /^[0-9a-f]{4,64}$/i.test(name);
    const revision = back !== undefined ? `${snapshotReference}${back}` : isId ? name : null;
    const found =
      revision === null ? null : await this.#git.try(['rev-parse', '--verify', '--quiet', `${revision}^{commit}`]);
    const commit = found?.code === 0 ? found.stdout.trim() : null;
    if (commit !== null && (await this.#git.asks(['merge-base', '--is-ancestor', commit, newest]))) {
      return await this.#describe(commit);
    }
    throw new OperatorError(
      'not-found',
      `No snapshot is called ${JSON.stringify(name)}.`,
      'Use an id of fed snapshot list, latest, or latest~1 for the one before it.',
    );
  }

  /** Writes its files to a folder that is not there yet, durably. */
  async fill({ commit }: Snapshot, to: string): Promise<void> {
    diskFiles.makeFolder(join(to, 'journal'));
    const files = new Map<string, string[]>();
    for (const [path, id] of await this.#entries(commit)) {
      const name = path.startsWith('journal/') ? path.slice(0, path.lastIndexOf('/')) : path;
      if (isCopied(name)) files.set(name, [...(files.get(name) ?? []), id]);
    }
    for (const [name, ids] of files) await writeNew(join(to, name), this.#blobs(ids));
    syncFolders(to);
  }

  async *#blobs(ids: readonly string[]): AsyncGenerator<Uint8Array> {
    for (const id of ids) yield await this.#git.bytes(['cat-file', 'blob', id]);
  }

  async #newest(): Promise<string | null> {
    const { code, stdout } = await this.#git.try(['rev-parse', '--verify', '--quiet', `${snapshotReference}^{commit}`]);
    return code === 0 ? stdout.trim() : null;
  }

  async #writeTree({ files }: StoreCopy, before: string | null): Promise<string> {
    const known = before === null ? new Map<string, string>() : await this.#entries(before);
    const format = await this.#git.try(['rev-parse', '--show-object-format']);
    const algorithm = format.stdout.trim() === 'sha256' ? 'sha256' : 'sha1';
    const entries: string[] = [];
    const put = async (path: string, bytes: Uint8Array): Promise<void> => {
      const id = createHash(algorithm).update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
      if (known.get(path) !== id) await this.#git.run(['hash-object', '-w', '--stdin'], { stdin: bytes });
      entries.push(`100644 ${id}\t${path}\0`);
    };
    for (const { name, content } of files) {
      let number = 0;
      for await (const piece of inPieces(content())) {
        await put(name.startsWith('journal/') ? `${name}/${String(number).padStart(4, '0')}` : name, piece);
        number += 1;
      }
    }
    const temporary = mkdtempSync(join(tmpdir(), 'fed-index-'));
    try {
      const env = { GIT_INDEX_FILE: join(temporary, 'index') };
      await this.#git.run(['update-index', '-z', '--index-info'], { stdin: entries.join(''), env });
      return await this.#git.run(['write-tree'], { env });
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }

  async #commit(tree: string, before: string | null, by: string, message: string): Promise<string> {
    const email = `${by}@federation.invalid`;
    const env = {
      GIT_AUTHOR_NAME: by,
      GIT_AUTHOR_EMAIL: email,
      GIT_COMMITTER_NAME: by,
      GIT_COMMITTER_EMAIL: email,
    };
    const parent = before === null ? [] : ['-p', before];
    return await this.#git.run(['commit-tree', tree, ...parent], { stdin: message, env });
  }

  async #entries(commit: string): Promise<ReadonlyMap<string, string>> {
    const lines = await this.#git.list(['ls-tree', '-r', '-z', commit]);
    return new Map(
      lines.map((line) => {
        const [facts = '', path = ''] = line.split('\t');
        return [path, facts.split(' ')[2] ?? ''];
      }),
    );
  }

  async #describe(commit: string): Promise<Snapshot> {
    const [snapshot] = await this.#log(['--max-count=1', commit]);
    if (snapshot === undefined) throw new Error(`Expected git to know the commit ${commit}`);
    return snapshot;
  }

  async #log(args: readonly string[]): Promise<Snapshot[]> {
    const format = '--format=%H%x00%h%x00%cI%x00%an%x00%s%x00%b%x00%x00';
    const text = await this.#git.run(['log', '--first-parent', format, ...args, '--']);
    return text.split('\0\0').flatMap((entry): Snapshot[] => {
      const [commit = '', id = '', time = '', by = '', subject = '', body = ''] = entry.trimStart().split('\0');
      if (commit === '') return [];
      const record = Number(/^Record: (\d+)$/m.exec(body)?.[1] ?? 0);
      return [{ commit, id, made_at: new Date(time).toISOString(), by, record, subject }];
    });
  }
}

function messageOf({ head, headAt }: StoreCopy, state: FederationState): string {
  const { ready, waiting, in_progress, completed, failed, cancelled } = taskCounts(state);
  const [open, finished] = [ready + waiting + in_progress, completed + failed + cancelled];
  const subject = `${plural(open, 'open task')}, ${finished} finished, ${plural(state.votes.size, 'vote')}`;
  return `${subject}\n\nRecord: ${head.seq}\nHash: ${head.hash}\nTime: ${headAt}\n`;
}

/** Each of 1 MiB but the last; an empty file is one empty piece. */
async function* inPieces(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let held: Buffer = Buffer.alloc(0);
  let count = 0;
  for await (const bytes of content) {
    held = Buffer.concat([held, bytes]);
    for (; held.length >= pieceBytes; count += 1) {
      yield held.subarray(0, pieceBytes);
      held = held.subarray(pieceBytes);
    }
  }
  if (held.length > 0 || count === 0) yield held;
}
