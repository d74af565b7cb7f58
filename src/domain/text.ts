/** Cutting and showing text that came from outside. */

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
/** Control characters, and the marks that turn the direction of text around. */
// oxlint-disable-next-line no-control-regex -- these are what is looked for
const invisible = /[\u0000-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/** Half of a character outside the basic plane is no text: strict JSON readers refuse a whole answer for it. */
export function wellFormed(text: string): string {
  return text.replace(loneSurrogate, '\uFFFD');
}

/** The first `length` UTF-16 units, never half a character. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

/** One line of at most `length` units, without what a terminal or a page would obey. */
export function oneLine(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ').replace(invisible, '').trim();
  return line.length <= length ? line : `${cut(line, length - 1).trimEnd()}…`;
}

/** As an error names what it was given: short, on one line, in quotes. */
export function quote(text: string): string {
  return JSON.stringify(oneLine(text, 60));
}
