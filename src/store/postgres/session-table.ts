/** The notes of all sessions, of whatever machine, in the table `sessions`. */
import type { PresenceBoard, SessionNote } from '../presence.ts';
import type { Database, Statement } from './database.ts';
import { schemaName } from './schema.ts';

const put: Statement = {
  name: 'put-session',
  text: `insert into ${schemaName}.sessions (federation, session, process, agent, client, counter, ended)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (federation, session) do update set
      process = excluded.process, agent = excluded.agent, client = excluded.client,
      counter = excluded.counter, ended = excluded.ended`,
};

const all: Statement = {
  name: 'sessions',
  text: `select session, process, agent, client, counter::float8 as counter, ended
    from ${schemaName}.sessions where federation = $1`,
};

const remove: Statement = {
  name: 'retire-sessions',
  text: `delete from ${schemaName}.sessions where federation = $1 and session = any($2)`,
};

export class SessionTable implements PresenceBoard {
  readonly #database: Database;
  readonly #federation: () => number;
  /** The newest of each session that is not up yet. */
  readonly #waiting = new Map<string, SessionNote>();
  #posting: Promise<void> | null = null;

  constructor(database: Database, federation: () => number) {
    this.#database = database;
    this.#federation = federation;
  }

  /** Of a session that is noted faster than the database answers, only the newest goes out. */
  post(note: SessionNote): Promise<void> {
    this.#waiting.set(note.session, note);
    this.#posting ??= this.#postWaiting().finally(() => {
      this.#posting = null;
    });
    return this.#posting;
  }

  async #postWaiting(): Promise<void> {
    for (let [note] = this.#waiting.values(); note !== undefined; [note] = this.#waiting.values()) {
      this.#waiting.delete(note.session);
      const { session, process, agent, client, counter, ended } = note;
      // One that does not arrive is followed by the next in two seconds; who left is found out by silence.
      await this.#database
        .query(put, [this.#federation(), session, process, agent, client, counter, ended])
        .catch(() => undefined);
    }
  }

  async notes(): Promise<readonly SessionNote[]> {
    const rows = await this.#database.query<Omit<SessionNote, 'clock'>>(all, [this.#federation()]);
    // All go by the database's time: nobody's clock is held against another.
    return rows.map((row) => ({ ...row, clock: null }));
  }

  async retire(sessions: ReadonlySet<string>): Promise<void> {
    await this.#database.query(remove, [this.#federation(), [...sessions]]).catch(() => undefined);
  }
}
