import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Position } from '../../src/store/event-store.ts';
import { origin } from '../../src/store/event-store.ts';
import { ChainIndex } from '../../src/store/journal/chain-index.ts';
import {
  type EncodedRecord,
  encodeRecord,
  encodeFinalRecord,
  hashOf,
  soundRecordsIn,
} from '../../src/store/journal/record-codec.ts';
import { judge, type Verdict } from '../../src/store/journal/verdict.ts';
import { commandOf } from '../support/store-samples.ts';

const at = '2026-02-06T10:00:00.000Z';

interface Written extends EncodedRecord {
  readonly position: Position;
  /** Without the newline. */
  readonly text: Buffer;
}

function recordAfter({ seq, hash }: Position, text = `after ${seq}`): Written {
  const encoded = encodeRecord({ seq: seq + 1, at, prev: hash }, [commandOf(text)]);
  return { ...encoded, position: { seq: seq + 1, hash: encoded.hash }, text: encoded.line.subarray(0, -1) };
}

function chainOf(...positions: readonly Position[]): ChainIndex {
  const chain = new ChainIndex();
  for (const position of positions) chain.push(position);
  return chain;
}

const first = recordAfter(origin, 'first');
const rival = recordAfter(origin, 'rival');
const second = recordAfter(first.position, 'second');
const third = recordAfter(second.position, 'third');
const newline = Buffer.from('\n');

function judgeBytes(chain: ChainIndex, ...parts: readonly (Buffer | string)[]): Verdict {
  return judge(Buffer.concat(parts.map((part) => Buffer.from(part))), 0, chain);
}

/** The hashes committed on the way to where the scanner stops, and how it stops. */
function scan(bytes: Buffer): { committed: string[]; end: 'wait' | 'corrupt' | 'unread-past' } {
  const chain = new ChainIndex();
  const committed: string[] = [];
  for (let mark = 0; ;) {
    const verdict = judge(bytes, mark, chain);
    switch (verdict.kind) {
      case 'committed':
        chain.push({ seq: verdict.record.seq, hash: verdict.record.hash });
        committed.push(verdict.record.hash);
        mark = verdict.end;
        break;
      case 'lost':
      case 'void':
        mark = verdict.end;
        break;
      default:
        return { committed, end: verdict.kind };
    }
  }
}

describe('the verdict on a sound record', () => {
  it('is committed where it continues the chain', () => {
    expect(judgeBytes(chainOf(), first.line)).toMatchObject({ kind: 'committed', end: first.text.length });
  });

  it('does not depend on the newline', () => {
    expect(judgeBytes(chainOf(), first.text)).toMatchObject({ kind: 'committed', end: first.text.length });
  });

  it('is lost where another has its place', () => {
    expect(judgeBytes(chainOf(first.position), rival.line)).toMatchObject({ kind: 'lost' });
  });

  it('stays lost however late it comes', () => {
    const chain = chainOf(first.position, second.position, third.position);
    expect(judgeBytes(chain, rival.line)).toMatchObject({ kind: 'lost' });
  });

  it('is lost where the same record is there twice', () => {
    expect(judgeBytes(chainOf(first.position), first.line)).toMatchObject({ kind: 'lost' });
  });

  it('is corruption where records before it are missing', () => {
    expect(judgeBytes(chainOf(first.position), third.line)).toMatchObject({ kind: 'corrupt' });
  });

  it('is corruption where it continues another chain', () => {
    expect(judgeBytes(chainOf(rival.position), second.line)).toMatchObject({ kind: 'corrupt' });
  });

  it('is corruption where it claims a taken place on another chain', () => {
    const other = recordAfter(rival.position, 'of another history');
    expect(judgeBytes(chainOf(first.position, second.position), other.line)).toMatchObject({ kind: 'corrupt' });
  });

  it('cannot be told where its predecessor was not read', () => {
    const chain = new ChainIndex();
    chain.reset([third.position]);
    expect(judgeBytes(chain, second.line)).toMatchObject({ kind: 'unread-past' });
  });

  it('holds for several in a line whose newlines were lost', () => {
    const bytes = Buffer.concat([first.text, second.text, third.line]);
    expect(scan(bytes)).toEqual({ committed: [first.hash, second.hash, third.hash], end: 'wait' });
  });
});

describe('the verdict on what is not a sound record', () => {
  const chain = chainOf(first.position);

  it('waits while the line is not complete', () => {
    for (let length = 0; length < second.text.length; length++) {
      expect(judgeBytes(chain, second.text.subarray(0, length)).kind).toBe('wait');
    }
  });

  it('is void where a torn write was ended by the next writer', () => {
    for (let length = 0; length < second.text.length; length++) {
      const verdict = judgeBytes(chain, second.text.subarray(0, length), '~\n', second.line);
      expect(verdict).toEqual({ kind: 'void', end: length + 2 });
    }
  });

  it('judges a record that follows a torn write on the same line', () => {
    for (const length of [1, 7, 60, second.text.length - 1]) {
      const verdict = judgeBytes(chain, second.text.subarray(0, length), second.line);
      expect(verdict).toMatchObject({ kind: 'committed', end: length + second.text.length });
    }
    expect(judgeBytes(chain, '~', second.line)).toMatchObject({ kind: 'committed' });
  });

  it('is void where a foreign line stands, such as a mark of a merge', () => {
    for (const line of ['<<<<<<< HEAD\n', '\n', 'hello\n', '{"a":1}\n', '\0\0\0\n']) {
      expect(judgeBytes(chain, line)).toEqual({ kind: 'void', end: line.length });
    }
  });

  it('is corruption where a record begins and does not end', () => {
    expect(judgeBytes(chain, second.text.subarray(0, -1), newline)).toMatchObject({ kind: 'corrupt' });
  });

  it('is corruption where a record ends and does not begin', () => {
    expect(judgeBytes(chain, second.text.subarray(1), newline)).toMatchObject({ kind: 'corrupt' });
  });

  it('is corruption wherever one bit of a complete record is flipped', () => {
    for (let at = 0; at < second.text.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const damaged = Buffer.from(second.line);
        damaged[at] = (damaged[at] ?? 0) ^ (1 << bit);
        expect(scan(Buffer.concat([first.line, damaged])).committed).toEqual([first.hash]);
        expect(scan(Buffer.concat([first.line, damaged, third.line])).end).toBe('corrupt');
      }
    }
  });

  it('is not fooled by text in a command that looks like the parts of a record', () => {
    const prev = first.hash;
    const tricky = {
      id: 'x',
      by: 'kimi',
      events: [],
      seq: { seq: 1, v: 1, at, prev, x: 1, hash: 'a'.repeat(32) },
      hash: hashOf('x'),
    };
    const record = encodeRecord({ seq: 2, at, prev }, [tricky]);
    expect(judgeBytes(chain, record.line)).toMatchObject({ kind: 'committed' });
    expect(judgeBytes(chain, record.line.subarray(0, -1), second.line)).toMatchObject({ kind: 'committed' });
    const torn = record.line.subarray(0, record.line.length - 20);
    expect(judgeBytes(chain, torn, second.line)).toMatchObject({ kind: 'committed', record: { hash: second.hash } });
  });
});

describe('a journal written by several', () => {
  /** What one write left in the file, by turns of processes that may know less than everything. */
  const write = fc.record({
    /** How many records behind the head the writer is. */
    behind: fc.nat(2),
    /** The part of its bytes that arrived, in thousandths. */
    arrived: fc.oneof({ weight: 3, arbitrary: fc.constant(1000) }, fc.nat(1000)),
    /** Whether it saw that the line before was unfinished. */
    sawTail: fc.boolean(),
  });

  /** Writes one after another, as the writers do, keeping who was told "committed". */
  function play(writes: readonly { behind: number; arrived: number; sawTail: boolean }[]) {
    let file = Buffer.alloc(0);
    const acknowledged: string[] = [];
    for (const [i, { behind, arrived, sawTail }] of writes.entries()) {
      const before = scan(file).committed;
      const known = Math.max(0, before.length - behind);
      const hash = before[known - 1] ?? origin.hash;
      const own = recordAfter({ seq: known, hash }, `write ${i}`);
      const isUnfinished = file.length > 0 && file.at(-1) !== 0x0a;
      const bytes = isUnfinished && sawTail ? Buffer.concat([Buffer.from('~\n'), own.line]) : own.line;
      file = Buffer.concat([file, bytes.subarray(0, Math.round((bytes.length * arrived) / 1000))]);
      if (scan(file).committed.at(known) === own.hash) acknowledged.push(own.hash);
    }
    return { file, acknowledged };
  }

  it('never comes to hold corruption, nor loses what it told anyone was committed', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 12 }), (writes) => {
        const { file, acknowledged } = play(writes);
        const { committed, end } = scan(file);
        expect(end).toBe('wait');
        expect(committed).toEqual(acknowledged);
      }),
      { numRuns: 500 },
    );
  });

  it('is judged the same however the bytes come in', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 8 }), fc.integer({ min: 1, max: 400 }), (writes, step) => {
        const { file } = play(writes);
        const whole = scan(file).committed;
        for (let length = 0; length < file.length; length += step) {
          const part = scan(file.subarray(0, length)).committed;
          expect(part).toEqual(whole.slice(0, part.length));
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('the codec', () => {
  it('finds every sound record of a line from behind', () => {
    const line = Buffer.concat([second.text.subarray(0, 30), third.text]);
    expect([...soundRecordsIn(line, 0, line.length)].map(({ seq }) => seq)).toEqual([3]);
    const two = Buffer.concat([first.text, second.text]);
    expect([...soundRecordsIn(two, 0, two.length)].map(({ seq }) => seq)).toEqual([1, 2]);
  });

  it('marks the record that closes a file', () => {
    const final = encodeFinalRecord({ seq: 2, at, prev: first.hash });
    expect(judgeBytes(chainOf(first.position), final.line)).toMatchObject({
      kind: 'committed',
      record: { final: true, commands: [] },
    });
  });
});

describe('the index of the chain', () => {
  it('knows every hash from where it begins to the head', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.integer({ min: 1, max: 200 }), (start, count) => {
        const chain = new ChainIndex();
        const positions = Array.from({ length: count }, (_, i) => ({ seq: start + i, hash: hashOf(`${start + i}`) }));
        const [head = origin, ...rest] = positions;
        chain.reset([head]);
        for (const position of rest) chain.push(position);
        expect(chain.head).toEqual(positions.at(-1));
        expect(positions.map(({ seq }) => chain.hashAt(seq))).toEqual(positions.map(({ hash }) => hash));
        expect(chain.hashAt(start - 1)).toBeUndefined();
        expect(chain.hashAt(start + count)).toBeUndefined();
      }),
    );
  });
});
