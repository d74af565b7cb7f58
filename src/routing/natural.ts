/**
 * The two parts of natural that the program uses: a tokenizer and Porter's
 * stemmer. Only this file imports them, each from its own file: natural's root
 * prints to standard output and loads database drivers, and the index of its
 * stemmers loads the dictionaries of a dozen languages (110 ms instead of 3).
 *
 * The build puts their code into the package (`scripts/build.ts`), because
 * natural brings 76 MB of packages that these parts never use (docs/decisions/0005-natural-inside-the-package.md).
 */
import PorterStemmer from 'natural/lib/natural/stemmers/porter_stemmer.js';
import { RegexpTokenizer } from 'natural/lib/natural/tokenizers/regexp_tokenizer.js';

export { PorterStemmer, RegexpTokenizer };
