import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CallerError, StoreError } from '../../../src/domain/errors.ts';
import {
  ballotBytes,
  decodeBytes,
  encodeBytes,
  keyBytes,
  nonceBytes,
  openBallot,
  sealBallot,
} from '../../../src/domain/votes/sealing.ts';
import type { Ballot } from '../../../src/domain/votes/vote.ts';

const key = new Uint8Array(keyBytes).fill(7);
const nonce = new Uint8Array(nonceBytes).fill(9);
const owner = { vote_id: 'vote-2026-02-06-001', agent: 'kimi' };
const yes: Ballot = { choice: 'yes', also: [], confidence: 850, reasoning: 'Fewer moving parts.', block: false };

test('a sealed ballot opens to what it was', () => {
  fc.assert(
    fc.property(
      fc.record({
        choice: fc.string(),
        also: fc.array(fc.string(), { maxLength: 5 }),
        confidence: fc.integer({ min: 0, max: 1000 }),
        reasoning: fc.string({ unit: 'grapheme', maxLength: 500 }),
        block: fc.boolean(),
      }),
      fc.uint8Array({ minLength: keyBytes, maxLength: keyBytes }),
      fc.uint8Array({ minLength: nonceBytes, maxLength: nonceBytes }),
      (ballot, anyKey, anyNonce) => {
        expect(openBallot(sealBallot(ballot, owner, anyKey, anyNonce), owner, anyKey)).toEqual(ballot);
      },
    ),
    { numRuns: 200 },
  );
});

test('every sealed ballot has the same length and shows nothing of its text', () => {
  const short = sealBallot({ ...yes, reasoning: '' }, owner, key, nonce);
  const long = sealBallot({ ...yes, choice: 'abstain', reasoning: 'no '.repeat(2500), block: true }, owner, key, nonce);
  expect(JSON.stringify(short)).toHaveLength(JSON.stringify(long).length);
  const raw = Buffer.from(sealBallot(yes, owner, key, nonce).data, 'base64').toString('latin1');
  for (const word of ['yes', '850', 'moving', 'confidence']) expect(raw).not.toContain(word);
});

test('sealing has no randomness of its own', () => {
  expect(sealBallot(yes, owner, key, nonce)).toEqual(sealBallot(yes, owner, key, nonce));
});

describe('a sealed ballot does not open', () => {
  const sealed = sealBallot(yes, owner, key, nonce);

  test('for another vote, another agent or another key', () => {
    expect(() => openBallot(sealed, { ...owner, vote_id: 'vote-2026-02-06-002' }, key)).toThrow(StoreError);
    expect(() => openBallot(sealed, { ...owner, agent: 'claude' }, key)).toThrow(StoreError);
    expect(() => openBallot(sealed, owner, new Uint8Array(keyBytes))).toThrow(StoreError);
  });

  test('when any bit of it was changed', () => {
    const data = Buffer.from(sealed.data, 'base64');
    fc.assert(
      fc.property(fc.nat(data.length - 1), fc.nat(7), (byte, bit) => {
        const changed = Buffer.from(data);
        changed[byte] = (changed[byte] ?? 0) ^ (1 << bit);
        expect(() => openBallot({ ...sealed, data: encodeBytes(changed) }, owner, key)).toThrow(StoreError);
      }),
    );
  });

  test('when it was cut short, and the error tells nothing of it', () => {
    expect(() => openBallot({ ...sealed, data: sealed.data.slice(0, 100) }, owner, key)).toThrow(StoreError);
    expect(() => openBallot(sealed, owner, new Uint8Array(keyBytes))).not.toThrow(/yes|moving/);
  });
});

test('reasoning that does not fit is refused with what fits', () => {
  const tooLong = { ...yes, reasoning: 'x'.repeat(ballotBytes) };
  expect(() => sealBallot(tooLong, owner, key, nonce)).toThrow(CallerError);
  expect(() => sealBallot(tooLong, owner, key, nonce)).toThrow(`at most ${ballotBytes} bytes`);
});

test('keys of the wrong length are never used', () => {
  expect(() => sealBallot(yes, owner, key.subarray(1), nonce)).toThrow(RangeError);
  expect(() => sealBallot(yes, owner, key, nonce.subarray(1))).toThrow(RangeError);
  expect(decodeBytes(encodeBytes(key), keyBytes)).toEqual(Buffer.from(key));
  expect(() => decodeBytes('AAAA', keyBytes)).toThrow(StoreError);
  expect(() => decodeBytes('not base64!', keyBytes)).toThrow(StoreError);
});
