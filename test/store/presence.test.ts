import { describe, expect, it } from 'vitest';
import { CountingPresence, type SessionNote } from '../../src/store/presence.ts';

/** An observer with a clock that the test turns, and a board that the test writes on. */
function observer(graceMs = 30_000) {
  let now = 0;
  const notes = new Map<string, SessionNote>();
  const board = {
    post: (note: SessionNote): void => void notes.set(note.session, note),
    notes: () => [...notes.values()],
    retire: (sessions: ReadonlySet<string>) => {
      for (const session of sessions) notes.delete(session);
    },
  };
  const presence = new CountingPresence(board, { graceMs, now: () => now });
  const beat = (session: string) => {
    const counter = (notes.get(session)?.counter ?? 0) + 1;
    const clock = { shows: now, ahead: null, uptime: now };
    notes.set(session, { session, process: session, agent: 'kimi', client: null, counter, ended: false, clock });
  };
  /** Lets seconds pass, observing after each; `alive` raise their counters. */
  const pass = (seconds: number, ...alive: readonly string[]) => {
    for (let i = 0; i < seconds; i++) {
      now += 1_000;
      for (const session of alive) beat(session);
      // This board answers at once.
      void presence.observe();
    }
  };
  const suspend = (seconds: number) => {
    now += seconds * 1_000;
  };
  const gone = (...sessions: readonly string[]) => [...presence.gone(sessions)];
  return { presence, notes, beat, pass, suspend, gone };
}

describe('presence', () => {
  it('ends when a counter stood still for the grace time', () => {
    const { pass, gone } = observer();
    pass(5, 'dead', 'alive');
    pass(29, 'alive');
    expect(gone('dead', 'alive')).toEqual([]);
    pass(1, 'alive');
    expect(gone('dead', 'alive')).toEqual(['dead']);
  });

  it('is told by counters, not by clocks: a slow one is alive', () => {
    const { pass, gone, beat } = observer();
    beat('slow');
    for (let i = 0; i < 10; i++) {
      pass(29);
      beat('slow');
      pass(1);
      expect(gone('slow')).toEqual([]);
    }
  });

  it('returns when the counter moves again', () => {
    const { pass, gone } = observer();
    pass(1, 'back');
    pass(40);
    expect(gone('back')).toEqual(['back']);
    pass(1, 'back');
    expect(gone('back')).toEqual([]);
  });

  it('is observed afresh after the observer itself was suspended', () => {
    const { pass, gone, suspend } = observer();
    pass(5, 'dead', 'alive');
    pass(10, 'alive');
    suspend(3_600);
    pass(1);
    expect(gone('dead', 'alive')).toEqual([]);
    pass(29, 'alive');
    expect(gone('dead', 'alive')).toEqual([]);
    pass(1, 'alive');
    expect(gone('dead', 'alive')).toEqual(['dead']);
  });

  it('gives someone without a note the same grace, afresh after a suspension', () => {
    const { pass, gone, suspend } = observer();
    pass(1);
    expect(gone('unknown')).toEqual([]);
    pass(20);
    expect(gone('unknown')).toEqual([]);
    suspend(3_600);
    pass(1);
    expect(gone('unknown')).toEqual([]);
    pass(29);
    expect(gone('unknown')).toEqual([]);
    pass(1);
    expect(gone('unknown')).toEqual(['unknown']);
  });

  it('never ends for oneself', () => {
    const { presence, pass, gone } = observer();
    presence.start('own', 'claude', null);
    pass(100);
    expect(gone('own')).toEqual([]);
    void presence.stop();
  });

  it('is of each session by itself: one of several in a process ends alone', () => {
    const { presence, notes, pass, gone } = observer();
    presence.start('first', 'claude', null);
    presence.start('second', 'kimi', null);
    pass(100);
    expect(gone('first', 'second')).toEqual([]);
    expect(presence.list().map(({ agent }) => agent)).toEqual(['claude', 'kimi']);

    presence.end('first');
    expect(gone('first', 'second')).toEqual(['first']);
    expect(notes.get('first')).toMatchObject({ ended: true });
    expect(notes.get('second')).toMatchObject({ ended: false });
    pass(100);
    expect(gone('second')).toEqual([]);
    void presence.stop();
    expect(notes.get('second')).toMatchObject({ ended: true });
  });

  it('begins again for a session that ended and speaks once more', () => {
    const { presence, notes, pass, gone } = observer();
    presence.start('own', 'claude', null);
    presence.end('own');
    pass(2);
    presence.start('own', 'claude', null);
    expect(gone('own')).toEqual([]);
    expect(notes.get('own')).toMatchObject({ ended: false, counter: 2 });
    void presence.stop();
  });

  it('names only those who are asked about', () => {
    const { pass, gone } = observer();
    pass(1, 'one', 'two');
    pass(40);
    expect(gone('two')).toEqual(['two']);
  });

  it('is cleared away long after it ended', () => {
    const { pass, notes } = observer();
    pass(1, 'dead');
    pass(299);
    expect(notes.has('dead')).toBe(true);
    pass(2);
    expect(notes.has('dead')).toBe(false);
  });
});

describe('the clocks of others', () => {
  /** A process's note: what its clock shows, and when the machine had been up for how long as it wrote that. */
  const note = (session: string, counter: number, shows: number, uptime: number, more: Partial<SessionNote> = {}) => ({
    session,
    process: session,
    agent: 'kimi',
    client: null,
    counter,
    ended: false,
    clock: { shows, ahead: null, uptime },
    ...more,
  });
  function watcher() {
    let [now, uptime] = [0, 1_000_000];
    let notes: readonly SessionNote[] = [];
    const board = { post: () => undefined, notes: () => notes, retire: () => undefined };
    const presence = new CountingPresence(board, { graceMs: 30_000, now: () => now, uptime: () => uptime });
    return {
      see: (...seen: readonly SessionNote[]) => {
        notes = seen;
        void presence.observe();
      },
      pass: (milliseconds: number) => {
        now += milliseconds;
        uptime += milliseconds;
      },
      clocks: () => presence.clocks().map(({ shows, isSeenGoing }) => [shows, isSeenGoing]),
    };
  }

  it('are known at once where the machine shows how old a note is', () => {
    const { see, pass, clocks } = watcher();
    see(note('a', 1, 5_000, 999_000));
    expect(clocks()).toEqual([[6_000, true]]);
    pass(700);
    expect(clocks()).toEqual([[6_700, true]]);
  });

  it('are in doubt where it does not, until they are seen to go, and carried on from then', () => {
    const { see, pass, clocks } = watcher();
    see(note('a', 1, 5_000, 7));
    expect(clocks()).toEqual([[5_000, false]]);
    pass(1_000);
    see(note('a', 2, 6_000, 1_007));
    pass(400);
    expect(clocks()).toEqual([[6_400, true]]);
  });

  it('count no longer where nobody renews them: their process was killed', () => {
    const { see, pass, clocks } = watcher();
    see(note('a', 1, 5_000, 7));
    pass(3_500);
    see(note('a', 1, 5_000, 7));
    expect(clocks()).toEqual([]);
  });

  it('count once for a process with several sessions, and not for one that left or wrote none', () => {
    const { see, clocks } = watcher();
    see(
      note('a', 1, 5_000, 1_000_000),
      note('b', 1, 5_000, 1_000_000, { process: 'a' }),
      note('c', 1, 5_000, 1_000_000, { ended: true }),
      note('d', 1, 5_000, 1_000_000, { clock: null }),
    );
    expect(clocks()).toEqual([[5_000, true]]);
  });
});
