/** Words and stems of a task's description. natural gives the tokenizer and Porter's stemmer. */
import { PorterStemmer, RegexpTokenizer } from './natural.ts';

/** What of a text is read. Past this, a description is an attachment, not a summary. */
export const textWindow = 2_000;
/** Words of a text that are read. */
export const wordWindow = 256;

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
 * Lower-cased words of the first {@link textWindow} characters, in order, at
 * most {@link wordWindow}. Empty for a text without letters or digits.
 */
export function tokenize(text: string): string[] {
  const windowed = text.length > textWindow ? text.slice(0, textWindow) : text;
  // A pattern that matches nothing gives null, against the declared type.
  const found: string[] | null = isPlain.test(windowed)
    ? plain.tokenize(windowed.toLowerCase())
    : anyScript.tokenize(windowed.normalize('NFKC').toLowerCase());
  if (found === null) return [];
  return found.length > wordWindow ? found.slice(0, wordWindow) : found;
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
