import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { BoundedLog, endOfLog, LineSplitter } from '../../src/runner/bounded-log.ts';

it('keeps the beginning and the end of whatever is written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'federation-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const log = new BoundedLog(folder, 'output.log');
  for (let n = 0; n < 6_000; n++) log.write(`line ${n} ${'x'.repeat(990)}\n`);
  log.close();
  const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
  expect(sizes.length).toBe(3);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1024 * 1024);
  expect(endOfLog(folder, 'output.log', 5_000)).toMatch(/^line \d+ x+\n/);
  expect(endOfLog(folder, 'output.log', 5_000)).toContain('line 5999 ');
});

it('splits lines the same however they come in pieces, and cuts one that is too long', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.integer({ min: 1, max: 7 }), (words, size) => {
      const text = words.map((word) => word.replaceAll(/[\r\n]/g, ' ')).join('\n');
      const lines: string[] = [];
      const splitter = new LineSplitter((line) => lines.push(line));
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length; at += size) splitter.push(bytes.subarray(at, at + size));
      splitter.flush();
      const expected = text.split('\n');
      if (expected.at(-1) === '') expected.pop();
      expect(lines).toEqual(expected);
    }),
  );
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for (let n = 0; n < 5; n++) splitter.push(Buffer.alloc(1024 * 1024, 'y'));
  splitter.push(Buffer.from('\nnext\n'));
  expect(lines.map((line) => line.length)).toEqual([1024 * 1024, 4]);
});
