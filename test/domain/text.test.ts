import { expect, it } from 'vitest';
import { cut, oneLine, quote, wellFormed } from '../../src/domain/text.ts';

it('cuts text between characters, never within one', () => {
  expect(cut(`${'x'.repeat(4)}😀y`, 5)).toBe('xxxx');
  expect(cut('short', 10)).toBe('short');
});

it('replaces half characters, which strict readers of JSON refuse', () => {
  expect(wellFormed('a\uD800b\uDC00😀')).toBe('a\uFFFDb\uFFFD😀');
});

it('shows text on one line, without what a terminal would obey', () => {
  expect(oneLine('a\n- 9.9 · forged \u001B[31mred \u202Eback', 80)).toBe('a - 9.9 · forged [31mred back');
  expect(oneLine(`${'x'.repeat(78)}😀 and more`, 80)).toBe(`${'x'.repeat(78)}…`);
});

it('quotes what an error was given', () => {
  expect(quote('say "hi"\n')).toBe('"say \\"hi\\""');
});
