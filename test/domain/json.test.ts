import { describe, expect, it } from 'vitest';
import { isJsonObject } from '../../src/domain/json.ts';

/** An object of so many levels. */
function nested(levels: number, inner: unknown = 1): unknown {
  let value: unknown = { inner };
  for (let level = 1; level < levels; level += 1) value = level % 2 === 0 ? { value } : [value];
  return { value };
}

describe('JSON from outside', () => {
  it('is an object of at most 64 levels', () => {
    expect(isJsonObject(nested(63))).toBe(true);
    expect(isJsonObject(nested(64))).toBe(false);
    expect(isJsonObject(nested(1_000_000))).toBe(false);
    expect(isJsonObject({})).toBe(true);
    for (const other of [[], null, 'text', 1]) expect(isJsonObject(other)).toBe(false);
  });

  it('holds nothing that JSON does not have', () => {
    expect(isJsonObject({ a: ['', 0, true, null, { b: undefined }] })).toBe(true);
    for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, 1n, () => 1, Symbol('s')]) {
      expect(isJsonObject(nested(3, odd))).toBe(false);
    }
  });
});
