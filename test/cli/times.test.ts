import { describe, expect, it, test } from 'vitest';
import { shortIds } from '../../src/cli/render/ids.ts';
import { plain, type Terminal, wrapTo } from '../../src/cli/terminal.ts';
import { age, ago, ahead, clockOf, deadlineIn, moment } from '../../src/cli/times.ts';

const at = (now: string, zone: string): Terminal => ({ width: 80, colour: false, zone, now: () => now });
const berlin = at('2026-11-28T16:04:30.000Z', 'Europe/Berlin');

describe('a time', () => {
  it.each([
    ['2026-11-28T18:30:00.000Z', '19:30'],
    ['2026-11-28T22:59:00.000Z', '23:59'],
    ['2026-11-28T23:00:00.000Z', 'tomorrow 00:00'],
    ['2026-11-27T08:00:00.000Z', 'yesterday 09:00'],
    ['2026-12-04T08:00:00.000Z', 'Fri 09:00'],
    ['2026-12-05T08:00:00.000Z', '5 Dec 09:00'],
    ['2026-02-06T08:00:00.000Z', '6 Feb 09:00'],
    ['2025-02-06T08:00:00.000Z', '6 Feb 2025'],
  ])('%s is %s on the wall in Berlin', (time, words) => {
    expect(moment(time, berlin)).toBe(words);
  });

  it('that was set a moment ago is as far away as it was set', () => {
    // 24 h and 2 h after 17:04:28, seen at 17:04:30.
    expect(deadlineIn('2026-11-29T16:04:28.000Z', berlin)).toBe('tomorrow 17:04 CET, in 24 h');
    expect(ahead('2026-11-28T18:04:28.000Z', berlin)).toBe('in 2 h');
    expect(ahead('2026-11-28T16:06:00.000Z', berlin)).toBe('in 2 min');
  });

  it.each([
    ['2026-11-28T16:04:00.000Z', 'just now'],
    ['2026-11-28T15:24:00.000Z', '40 min ago'],
    ['2026-11-28T14:00:00.000Z', '2 h ago'],
    ['2026-11-25T14:00:00.000Z', '3 d ago'],
  ])('%s was %s', (time, words) => {
    expect(ago(time, berlin)).toBe(words);
  });

  it.each([
    ['2026-11-28T16:29:30.000Z', 'in 25 min'],
    ['2026-11-28T19:30:00.000Z', 'in 3 h'],
    ['2026-11-29T08:00:00.000Z', 'tomorrow 09:00'],
    ['2026-11-28T16:05:00.000Z', 'in less than 1 min'],
  ])('%s is %s', (time, words) => {
    expect(ahead(time, berlin)).toBe(words);
  });

  it('names its zone as people there do', () => {
    expect(clockOf(berlin)).toBe('17:04 CET');
    expect(clockOf(at('2026-11-28T16:04:30.000Z', 'America/New_York'))).toBe('11:04 EST');
    expect(clockOf(at('2026-11-28T16:04:30.000Z', 'Asia/Tokyo'))).toBe('01:04 UTC+9');
    expect(clockOf(at('2026-07-28T16:04:30.000Z', 'Europe/Berlin'))).toBe('18:04 CEST');
    expect(clockOf(at('2026-07-28T16:04:30.000Z', 'UTC'))).toBe('16:04 UTC');
  });

  it('is ISO 8601 UTC in a pipe, however it is said to people', () => {
    const time = '2026-11-28T16:29:30.000Z';
    for (const say of [moment, ago, ahead, age]) expect(say(time, plain)).toBe(time);
    expect(clockOf(plain)).toBeNull();
  });
});

test('ids are short on a terminal, with what they are of where that is not plain, and whole in a pipe', () => {
  const text = 'queued task-2026-11-28-014 after vote-2026-11-28-001 and task-2025-02-06-1001';
  expect(shortIds(text, berlin)).toBe('queued 11-28-014 after vote-11-28-001 and 2025-02-06-1001');
  expect(shortIds(text, berlin, 'vote')).toBe('queued task-11-28-014 after 11-28-001 and task-2025-02-06-1001');
  expect(shortIds(text, plain)).toBe(text);
});

test('text is broken between words, and within one only where it must be', () => {
  expect(wrapTo('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrapTo('a 1234567890 b', 4)).toEqual(['a', '1234', '5678', '90 b']);
  expect(wrapTo('高い優先度', 4)).toEqual(['高い', '優先', '度']);
});
