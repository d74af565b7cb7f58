/** Where output goes: a person's terminal, with its width and colours, or a pipe, which gets plain text. */
import { styleText } from 'node:util';
import stringWidth from 'string-width';
import type { Timestamp } from '../domain/time.ts';

export interface Terminal {
  /** `null`: a pipe. Nothing is cut there, ids are whole, times are ISO 8601 UTC. */
  readonly width: number | null;
  readonly colour: boolean;
  /** What time it is in the federation; left out: by this machine's clock. */
  readonly now?: () => Timestamp;
  /** The zone of times for people, by its IANA name; left out: this machine's, which TZ can change. */
  readonly zone?: string;
}

export type Style = 'bold' | 'dim' | 'inverse' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan' | 'magenta';

export const plain: Terminal = { width: null, colour: false };

/** By the conventions of no-color.org and of FORCE_COLOR: anything but an empty value counts. */
export function terminalOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  environment: Readonly<Record<string, string | undefined>>,
): Terminal {
  const isTerminal = stream.isTTY === true;
  const forced = environment['FORCE_COLOR'];
  const wanted = forced === undefined || forced === '' ? isTerminal && environment['TERM'] !== 'dumb' : forced !== '0';
  return {
    width: isTerminal ? Math.max(40, stream.columns ?? 80) : null,
    colour: wanted && (environment['NO_COLOR'] ?? '') === '',
  };
}

export function paint(text: string, style: Style | null, { colour }: Terminal): string {
  return style === null || !colour || text === '' ? text : styleText(style, text, { validateStream: false });
}

// What agents write reaches the terminal in these forms only.
export { manyLines, oneLine } from '../domain/text.ts';

/** Two columns further in. */
export function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ');
}

/** A title with what belongs to it below, two columns further in; nothing where there is nothing. */
export function section(title: string, body: string, terminal: Terminal): string {
  return body === '' ? '' : `${paint(title, 'bold', terminal)}\n${indented(body)}`;
}

/** Sections that say something, one under the other. */
export function stacked(sections: readonly string[], between = '\n\n'): string {
  return sections.filter((text) => text !== '').join(between);
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** At most `width` columns, the last an ellipsis where something was cut. */
export function cutTo(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  let used = 1;
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment);
    if (used > width) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

/** Lines of at most `width` columns, broken between words; a word that is wider is broken where it must be. */
export function wrapTo(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (stringWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = '';
    for (const { segment } of graphemes.segment(word)) {
      if (line !== '' && stringWidth(line) + stringWidth(segment) > width) {
        lines.push(line);
        line = '';
      }
      line += segment;
    }
  }
  return [...lines, line];
}

/** Paragraphs of text in lines that fit; a pipe gets them as they are. */
export function wrapped(text: string, { width }: Terminal, indent = 0): string {
  if (width === null) return text;
  return text
    .split('\n')
    .flatMap((line) => (stringWidth(line) <= width - indent ? [line] : wrapTo(line, width - indent)))
    .join('\n');
}

export function padTo(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'left' ? `${text}${space}` : `${space}${text}`;
}
