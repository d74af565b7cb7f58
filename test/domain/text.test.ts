import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cut,
  inMarkdown,
  manyLines,
  oneLine,
  quote,
  shown,
  shownJson,
  visibleJson,
  wellFormed,
} from '../../src/domain/text.ts';

it('cuts text between characters, never within one', () => {
  expect(cut(`${'x'.repeat(4)}😀y`, 5)).toBe('xxxx');
  expect(cut('short', 10)).toBe('short');
});

it('replaces half characters, which strict readers of JSON refuse', () => {
  expect(wellFormed('a\uD800b\uDC00😀')).toBe('a\uFFFDb\uFFFD😀');
});

describe('text that is shown', () => {
  it.each([
    ['a mark of direction', '\u061C\u200E\u200F', String.raw`\u061c\u200e\u200f`],
    ['text turned around', 'a\u202Eb\u2066c\u2069', String.raw`a\u202eb\u2066c\u2069`],
    ['a space without width', 'pass\u200Bword\u2060', String.raw`pass\u200bword\u2060`],
    ['a byte order mark', '\uFEFFx y\uFEFF', String.raw`\ufeffx y\ufeff`],
    ['words in tags', '\u{E0041}\u{E007F}', String.raw`\u{e0041}\u{e007f}`],
    ['a filler that looks like a space', 'x\u3164y', String.raw`x\u3164y`],
    ['a joiner between letters that do not join', 'pass\u200Dword\u200C', String.raw`pass\u200dword\u200c`],
    ['a row of selectors', 'x\uFE0F\uFE01\u{E0100}', 'x\uFE0F' + String.raw`\ufe01\u{e0100}`],
    [
      'a sequence that a terminal obeys',
      '\u001B]0;title\u0007\u009B2J\u007F',
      String.raw`\u001b]0;title\u0007\u009b2J\u007f`,
    ],
  ])('shows %s as an escape', (_what, text, expected) => {
    expect(shown(text)).toBe(expected);
    expect(oneLine(text)).toBe(expected);
    expect(manyLines(text)).toBe(expected);
    expect(JSON.parse(shownJson(JSON.stringify(text)))).toBe(expected);
  });

  it.each([
    ['emoji of several parts', '👩‍🚀 👩🏽‍🚀 ❤️‍🔥 🏳️‍🌈 🏴‍☠️ 1️⃣'],
    ['Persian and Arabic', 'می‌خواهم نامه‌ای'],
    ['Indic scripts', 'क्‍ष ക്‍ক্‍ষ න්‍ය'],
    ['a selected form of an ideograph', '葛\u{E0100}城'],
    ['accents, spaces and signs of any kind', 'größer\u00A0naïve — 任务 “quoted” \\u202e'],
  ])('leaves %s as they are', (_what, text) => {
    expect([shown(text), JSON.parse(shownJson(JSON.stringify(text))), visibleJson(JSON.stringify(text))]).toEqual([
      text,
      text,
      JSON.stringify(text),
    ]);
  });

  it('loses the colours of a program, nothing else', () => {
    expect(shown('\u001B[1;31mred\u001B[0m 3\u001B[0m m')).toBe('red 3 m');
  });

  it('keeps its lines and tabs where it has several', () => {
    expect(shown('a\r\n\tb\rc')).toBe('a\r\n\tb\\u000dc');
    expect(manyLines(' a\r\n\tb  \rc\u2028d\n')).toBe('a\n  b\nc\nd');
  });

  it('is on one line where it is to be, as long as it may', () => {
    expect(oneLine(' a\n- 9.9 · forged \u001B[31mred ', 80)).toBe('a - 9.9 · forged red');
    expect(oneLine(`${'x'.repeat(78)}😀 and more`, 80)).toBe(`${'x'.repeat(78)}…`);
  });
});

describe('JSON', () => {
  const anything = fc.array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\\', '\u001B[1m', '\r', '\n', '\u200D', '\u202E', '\u{E0020}'),
    ),
  );

  it('says the same to a program, with everything visible', () => {
    const nothingUnseen = /[\u007F-\u009F\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\u{E0000}-\u{E00FF}]/u;
    fc.assert(
      fc.property(anything, (texts) => {
        const json = visibleJson(JSON.stringify(texts));
        expect(JSON.parse(json)).toEqual(texts);
        expect(json).not.toMatch(nothingUnseen);
      }),
    );
  });

  it('holds each text as it is shown, for readers that take it as text', () => {
    fc.assert(
      fc.property(anything, (texts) => {
        expect(JSON.parse(shownJson(JSON.stringify(texts)))).toEqual(texts.map(shown));
      }),
    );
  });
});

describe('Markdown', () => {
  it('gets no link, picture, HTML or entity from what agents write', () => {
    expect(inMarkdown('![x](http://y) \\[click](http://x) \\\\[z](q) <b> &lt; &#91;x]( a && b')).toBe(
      String.raw`!\[x](http://y) \\\[click](http://x) \\\\\[z](q) &lt;b> &amp;lt; &amp;#91;x]( a && b`,
    );
  });
});

it('quotes what an error was given', () => {
  expect(quote('say "hi"\n')).toBe('"say \\"hi\\""');
  expect(quote('pass\u200Bword')).toBe(String.raw`"pass\u200bword"`);
  expect(quote('x'.repeat(80))).toBe(`"${'x'.repeat(59)}…"`);
});
