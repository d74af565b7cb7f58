/** Texts whose deciding words stand among many that say nothing. */
import type { Random } from '../../src/routing/hash.ts';

const words = Array.from({ length: 500 }, (_, at) => `filler${at}`);

export type Place = 'alone' | 'before' | 'after' | 'between';

/** The text with 300 words after it, before it, or on both sides. */
export function padText(text: string, place: Place, random: Random): string {
  const some = (count: number): string =>
    Array.from({ length: count }, () => words[random.below(words.length)] ?? '').join(' ');
  switch (place) {
    case 'alone':
      return text;
    case 'before':
      return `${text} ${some(300)}`;
    case 'after':
      return `${some(300)} ${text}`;
    case 'between':
      return `${some(150)} ${text} ${some(150)}`;
  }
}
