import { beforeEach, describe, expect, it } from 'vitest';
import { FederationTime } from '../../src/application/federation-time.ts';

const second = 1_000;
const hour = 3_600 * second;
const day = 24 * hour;
const noon = Date.parse('2026-02-06T12:00:00.000Z');

/** One process: how long it has lived, and how far its clock is set off. */
let [lived, set] = [0, 0];
let time: FederationTime;
beforeEach(() => {
  [lived, set] = [0, 0];
  time = new FederationTime({ wall: () => noon + lived + set, monotonic: () => lived });
  time.judge([]);
});

type OtherClock = Parameters<FederationTime['judge']>[0][number];

/** Clocks of others, by what they differ from the right time. */
const others = (...differences: readonly number[]): OtherClock[] =>
  differences.map((difference) => ({ shows: noon + lived + difference, isSeenGoing: true }));
const right = () => noon + lived;

describe('a process that is alone', () => {
  it('goes by its own clock, whatever that is set to', () => {
    expect(time.read()).toEqual({ now: noon, standing: 'alone', ahead: 0, step: 0 });
    set = day;
    expect(time.read()).toMatchObject({ now: noon + day, step: 0 });
  });

  it('sees its clock fall behind its own monotonic clock, until that is recorded', () => {
    lived = 10 * second;
    time.read();
    set = -hour;
    expect(time.read()).toMatchObject({ now: right() - hour, step: hour });
    lived = 20 * second;
    expect(time.read().step).toBe(hour);
    time.noteStep(hour);
    expect(time.read().step).toBe(0);
  });

  it('sees no step where the clock was put right again before anybody recorded one', () => {
    time.read();
    set = -hour;
    expect(time.read().step).toBe(hour);
    set = 0;
    expect(time.read().step).toBe(0);
  });

  it('follows a clock that is adjusted in small steps', () => {
    for (let i = 0; i < 100; i += 1) {
      lived += second;
      set -= 400;
      expect(time.read().step).toBe(0);
    }
  });

  it('takes a suspended machine for what it is: time went on, and nothing went back', () => {
    time.read();
    // The monotonic clock stands still meanwhile.
    set = 8 * hour;
    expect(time.read()).toEqual({ now: noon + 8 * hour, standing: 'alone', ahead: 0, step: 0 });
  });
});

describe('a process among others', () => {
  it('goes by its own clock while that is near the lower median', () => {
    time.judge(others(-30 * second, 20 * second));
    expect(time.read()).toEqual({ now: noon, standing: 'agreed', ahead: 0, step: 0 });
  });

  it.each([day, -day, 61 * second])('goes by federation time where its clock is off by %d ms', (by) => {
    set = by;
    time.judge(others(0, 0));
    lived = 40 * second;
    const moment = time.read();
    expect(moment).toMatchObject({ standing: 'off', ahead: by, step: 0 });
    expect(moment.now).toBe(right());
  });

  it('is not led away by one that is off, on either side', () => {
    for (const by of [day, -day]) {
      time.judge(others(by, 0));
      expect(time.read()).toMatchObject({ now: right(), standing: 'agreed' });
    }
  });

  it('does not believe its own clock when that is set, before it is judged again', () => {
    time.judge(others(0, 0));
    lived = second;
    set = day;
    expect(time.read()).toMatchObject({ now: right(), standing: 'off', ahead: day });
    time.judge(others(day, day));
    expect(time.read()).toMatchObject({ now: right() + day, standing: 'agreed', step: 0 });
  });

  it('has a step recorded only once the others agree that the machine was set', () => {
    time.judge(others(0, 0));
    time.read();
    set = -hour;
    expect(time.read()).toMatchObject({ standing: 'off', step: 0 });
    time.judge(others(-hour, 0));
    expect(time.read()).toMatchObject({ now: right() - hour, standing: 'agreed', step: hour });
    time.noteStep(hour);
    expect(time.read()).toMatchObject({ standing: 'agreed', step: 0 });
  });

  it('has none recorded where its own clock was off and is set right', () => {
    time.judge(others(0, 0));
    set = day;
    time.judge(others(0, 0));
    expect(time.read()).toMatchObject({ standing: 'off' });
    set = 0;
    time.judge(others(0, 0));
    expect(time.read()).toMatchObject({ standing: 'agreed', step: 0 });
  });

  it('has none recorded where it was set while it was thought to be alone, and is set right', () => {
    set = day;
    time.read();
    time.judge(others(0, 0));
    set = 0;
    time.judge(others(0, 0));
    expect(time.read()).toMatchObject({ standing: 'agreed', step: 0 });
  });

  it('has none recorded either where it was off from its start', () => {
    set = day;
    time = new FederationTime({ wall: () => noon + lived + set, monotonic: () => lived });
    time.judge(others(0, 0));
    time.read();
    set = 0;
    time.judge(others(0, 0));
    expect(time.read()).toMatchObject({ standing: 'agreed', step: 0 });
  });

  it('has none recorded where others merely differ, come or go', () => {
    time.judge(others(day));
    time.judge(others(day, 0));
    time.judge(others(-day, 0));
    time.judge(others(-day));
    time.judge([]);
    expect(time.read()).toMatchObject({ now: right(), standing: 'alone', step: 0 });
  });
});

describe('two that are alone and apart', () => {
  it('both go by the lower clock, and say so', () => {
    time.judge(others(day));
    expect(time.read()).toEqual({ now: noon, standing: 'apart', ahead: -day, step: 0 });
    set = 2 * day;
    time.judge(others(day));
    expect(time.read()).toMatchObject({ now: noon + day, standing: 'apart', ahead: day, step: 0 });
  });

  it('agree again when a clock is put right, or a third shows which one is', () => {
    time.judge(others(day));
    time.judge(others(day, 0));
    expect(time.read()).toMatchObject({ now: noon, standing: 'agreed' });
    time.judge(others(0));
    expect(time.read()).toMatchObject({ now: noon, standing: 'agreed' });
  });
});

describe('a clock of which nobody knows whether it still goes', () => {
  const unknown = (difference: number): OtherClock => ({ shows: noon + difference, isSeenGoing: false });

  it('counts for nothing, but makes it unknown who is right where it is far', () => {
    time.judge([unknown(day)]);
    expect(time.read()).toMatchObject({ now: noon, standing: 'unknown', step: 0 });
    time.judge([unknown(-30 * second)]);
    expect(time.read()).toMatchObject({ now: noon, standing: 'alone' });
  });
});
