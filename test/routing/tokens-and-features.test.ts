import { describe, expect, test } from 'vitest';
import { FeatureExtractor } from '../../src/routing/features.ts';
import { readText, readPart, textWindow, tokenize, wordWindow } from '../../src/routing/tokens.ts';

describe('tokenize', () => {
  test('gives lower-cased words without punctuation', () => {
    expect(tokenize("Deploy the API-gateway, don't wait!")).toEqual([
      'deploy',
      'the',
      'api',
      'gateway',
      'don',
      't',
      'wait',
    ]);
  });

  test('gives nothing for a text without letters or digits', () => {
    for (const text of ['', '   ', '!?…', '🚀🚀']) expect(tokenize(text)).toEqual([]);
  });

  test('reads other scripts, one token a character where words are not spaced', () => {
    expect(tokenize('Проверь код')).toEqual(['проверь', 'код']);
    expect(tokenize('修复 bug')).toEqual(['修', '复', 'bug']);
    expect(tokenize('Überprüfung')).toEqual(['überprüfung']);
  });

  test('reads a plain text alike whether or not another script follows', () => {
    const plain = tokenize('Write_some tests for v2');
    expect(tokenize('Write_some tests for v2 код')).toEqual([...plain, 'код']);
  });

  test('reads a text that is longer than its window at the head and at the tail', () => {
    const words = tokenize(`first ${'word '.repeat(20_000)}last`);
    expect(words.length).toBeLessThanOrEqual(wordWindow);
    expect([words.at(0), words.at(-1)]).toEqual(['first', 'last']);
    const long = readPart(`${'x'.repeat(textWindow)} after`);
    expect(long.length).toBe(textWindow);
    expect(readPart(long)).toBe(long);
  });

  test('reads 600 words whole', () => {
    const text = Array.from({ length: 600 }, (_, at) => `w${at}`).join(' ');
    expect(tokenize(text)).toHaveLength(600);
  });
});

describe('features', () => {
  const extractor = new FeatureExtractor(17);

  test('are the same for the same text, whatever was read in between', () => {
    const before = extractor.extract(readText('review the parser'), 'review');
    extractor.extract(readText('something else entirely'), null);
    expect(extractor.extract(readText('review the parser'), 'review')).toEqual(before);
  });

  test('name each slot once', () => {
    const { slots } = extractor.extract(readText('the cat and the dog and the bird '.repeat(30)), null);
    expect(new Set(slots).size).toBe(slots.length);
  });

  test('treat property names of objects as words like any other', () => {
    const { slots } = extractor.extract(readText('constructor __proto__ hasOwnProperty'), 'constructor');
    expect(slots.length).toBeGreaterThan(10);
  });

  test('of two numbers of equal length differ only in the words themselves', () => {
    const slotsOf = (text: string): Set<number> => new Set(extractor.extract(readText(text), null).slots);
    const [one, other] = [slotsOf('build 4711'), slotsOf('build 8020')];
    // The word, its pairs with the neighbour and the end in order, and the unordered pair.
    expect([...one].filter((slot) => !other.has(slot))).toHaveLength(4);
  });

  test('are none for an empty text without a type', () => {
    expect(extractor.extract(readText(''), null).slots).toHaveLength(0);
    expect(extractor.extract(readText(''), 'review').slots).toHaveLength(1);
  });

  test('of 100 KB stay bounded', () => {
    const { slots } = extractor.extract(readText('lorem ipsum dolor sit amet consectetur '.repeat(2_600)), null);
    expect(slots.length).toBeLessThanOrEqual(6_144);
  });
});
