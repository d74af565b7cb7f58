import { InvalidArgumentError } from 'commander';
import { expect, test } from 'vitest';
import { parseInteger, parseJson, parseShare, parseTime } from '../../src/cli/arguments.ts';

test('shares are numbers or percentages', () => {
  expect(parseShare('0.4')).toBe(0.4);
  expect(parseShare('40%')).toBe(0.4);
  expect(() => parseShare('40')).toThrow(InvalidArgumentError);
  expect(() => parseShare('%')).toThrow(InvalidArgumentError);
});

test('times are dates or spans from now, given on as UTC', () => {
  expect(parseTime('2026-02-06T10:00+02:00')).toBe('2026-02-06T08:00:00.000Z');
  expect(Date.parse(parseTime('2h')) - Date.now()).toBeGreaterThan(119 * 60_000);
  expect(() => parseTime('tomorrow')).toThrow(InvalidArgumentError);
  expect(() => parseTime('7')).toThrow(InvalidArgumentError);
});

test('a date without a time is midnight here, like a time without a zone', () => {
  expect(parseTime('2026-02-06')).toBe(parseTime('2026-02-06T00:00'));
});

test('numbers with anything behind them are refused', () => {
  expect(parseInteger('20')).toBe(20);
  expect(() => parseInteger('20x')).toThrow(InvalidArgumentError);
  expect(() => parseInteger('')).toThrow(InvalidArgumentError);
});

test('JSON is checked before anything is opened', () => {
  expect(parseJson('{"a":1}')).toEqual({ a: 1 });
  expect(() => parseJson('{a:1}')).toThrow(InvalidArgumentError);
});
