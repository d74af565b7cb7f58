/** Words and stems of a task's description. natural gives the tokenizer and Porter's stemmer. */
import { PorterStemmer, RegexpTokenizer } from './natural.ts';

/** Characters of a text that are read: a longer one at its head and its tail, where what matters is said. */
export const textWindow = 8_000;
/** Words of a text that are read, in the same way. */
export const wordWindow = 1_024;
/** Part of a window that is the head. */
const headShare = 5 / 8;

/** What of a text is read and kept; the same again for what it gives. */
export function readPart(text: string): string {
  if (text.length <= textWindow) return text;
  const head = Math.floor(textWindow * headShare);
  return `${text.slice(0, head)}\n${text.slice(text.length - (textWindow - head - 1))}`;
}

const unspaced = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}`;
// Scripts without spaces give one token a character: pairs of them then act as
// words. The `v` flag (set subtraction) is spelled as a string because the
// compiler allows the literal only from es2024 on; Node 20 has it.
const anyScript = new RegexpTokenizer({
  pattern: new RegExp(String.raw`[${unspaced}]|[[\p{L}\p{M}\p{N}_]--[${unspaced}]]+`, 'gv'),
  gaps: false,
});

// Most descriptions; four times as fast as the general pattern.
const plain = new RegexpTokenizer({ pattern: /[a-z0-9_]+/g, gaps: false });
const isPlain = /^[\0-\x7f]*$/;

/**
 * Lower-cased words of {@link readPart}, in order, at most {@link wordWindow}:
 * those at the head and at the tail. Empty for a text without letters or digits.
 */
export function tokenize(text: string): string[] {
  const windowed = readPart(text);
  // A pattern that matches nothing gives null, against the declared type.
  const found: string[] | null = isPlain.test(windowed)
    ? plain.tokenize(windowed.toLowerCase())
    : anyScript.tokenize(windowed.normalize('NFKC').toLowerCase());
  if (found === null) return [];
  if (found.length <= wordWindow) return found;
  const head = wordWindow * headShare;
  return [...found.slice(0, head), ...found.slice(found.length - (wordWindow - head))];
}

// Porter's stemmer takes 10 µs a word, a Map 0.05: half of a decision's time
// budget for a ten-word text. Emptied when full, so memory stays bounded.
const stemLimit = 20_000;
const stems = new Map<string, string>();

/** Porter stem of a lower-cased word; words of other scripts stay as they are. */
export function stemOf(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  const stem = PorterStemmer.stem(word);
  if (stems.size >= stemLimit) stems.clear();
  stems.set(word, stem);
  return stem;
}

/** A text as the router reads it. */
export interface TokenizedText {
  readonly words: readonly string[];
  /** One stem a word, same order. */
  readonly stems: readonly string[];
}

export function readText(text: string): TokenizedText {
  const words = tokenize(text);
  return { words, stems: words.map(stemOf) };
}
