/**
 * Text that came from outside: how it is cut, and how it is shown. This is the
 * one place that says so, for terminals, the readable log, Markdown, and what
 * agents are given.
 *
 * Text is stored as it was written. Where it is shown, what nobody can see or
 * what moves the text around it is shown as an escape (`\u202e`): control
 * characters, marks of direction, characters without width, tags. A line must
 * not read as another, nor hold words for a model that a person does not see.
 */

const loneSurrogate = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** Half of a character outside the basic plane is no text: strict JSON readers refuse a whole answer for it. */
export function wellFormed(text: string): string {
  return text.replace(loneSurrogate, '\uFFFD');
}

/** The first `length` UTF-16 units, never half a character. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

/** Colours and weights of a terminal, which programs put around what they print. Nothing is lost without them. */
const styling = String.raw`\u001B\[[\d;:]*m`;
/** Line breaks and tabs are left: whoever shows text on one line has its own way with them. */
const controls = String.raw`\u0000-\u0008\u000B-\u001F\u007F-\u009F`;
/** What Unicode calls ignorable, joiners and variation selectors among them. */
const ignorable = String.raw`\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u202A-\u202E\u2060-\u206F\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\u{1BCA0}-\u{1BCA3}\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}`;

const inText = new RegExp(`${styling}|[${controls}${ignorable}]`, 'gu');
const inJson = new RegExp(String.raw`\\(?:\\|u001b\[[\d;:]*m|u00[01][\da-f]|[bfr])|[\u007F-\u009F${ignorable}]`, 'gu');
const inAnyJson = new RegExp(String.raw`[\u007F-\u009F${ignorable}]`, 'gu');

/** Most text has nothing to be made visible, and this finds that out in a tenth of the time. */
const isPlain = /^[\t\n\x20-\x7E]*$/;
const isPlainJson = /^(?:[\x20-\x5B\x5D-\x7E]|\\["n])*$/;

/** With everything visible; lines and tabs stay. */
export function shown(text: string): string {
  if (isPlain.test(text)) return text;
  return text.replaceAll(inText, (found, at: number) =>
    found.endsWith('m') ? '' : isNeeded(found, text, at) ? found : escaped(found),
  );
}

/** JSON with each text in it as `shown` gives it: for readers that take it as text. */
export function shownJson(json: string): string {
  if (isPlainJson.test(json)) return json;
  return json.replaceAll(inJson, (found, at: number) => {
    if (found === '\\\\' || (found === '\\r' && json.startsWith('\\n', at + 2))) return found;
    if (found.endsWith('m')) return '';
    if (found.startsWith('\\')) return `\\${shortEscapes.get(found) ?? found}`;
    return isNeeded(found, json, at) ? found : `\\${escaped(found)}`;
  });
}

const shortEscapes = new Map([
  ['\\b', '\\u0008'],
  ['\\f', '\\u000c'],
  ['\\r', '\\u000d'],
]);

/** JSON of the same value in which everything is visible: for programs, and for people who look on. */
export function visibleJson(json: string): string {
  return json.replaceAll(inAnyJson, (found, at: number) =>
    isNeeded(found, json, at)
      ? found
      : Array.from({ length: found.length }, (_, unit) => hex(found.charCodeAt(unit))).join(''),
  );
}

/** Scripts that choose the form of a letter by a joiner. */
const joining = ['Adlm', 'Arab', 'Bali', 'Beng', 'Deva', 'Gujr', 'Guru', 'Java', 'Khmr', 'Knda', 'Lana', 'Mand', 'Mlym']
  .concat(['Mong', 'Mymr', 'Nkoo', 'Orya', 'Phag', 'Rohg', 'Sinh', 'Sund', 'Syrc', 'Taml', 'Telu', 'Tibt'])
  .map((script) => String.raw`\p{scx=${script}}`)
  .join('');
const mayBeJoined = new RegExp(String.raw`[${joining}\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F]$`, 'u');
const selector = /[\u180B-\u180D\u180F\uFE00-\uFE0F\u{E0100}-\u{E01EF}]$/u;

/**
 * A joiner behind a letter of such a script or within an emoji, and a selector of a character's form. A joiner elsewhere
 * joins nothing, and a row of selectors is a message.
 */
function isNeeded(found: string, text: string, at: number): boolean {
  if (found === '\r') return text[at + 1] === '\n';
  const isJoiner = found === '\u200C' || found === '\u200D';
  if (!isJoiner && !selector.test(found)) return false;
  const before = text.slice(Math.max(0, at - 2), at);
  return isJoiner ? mayBeJoined.test(before) : !selector.test(before);
}

/** On one line of at most `length` units, everything visible. */
export function oneLine(text: string, length = Number.POSITIVE_INFINITY): string {
  const line = shown(onOneLine(text));
  return line.length <= length ? line : `${cut(line, length - 1).trimEnd()}…`;
}

/** Text that keeps its lines, everything visible. */
export function manyLines(text: string): string {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => shown(line.replaceAll('\t', '  ')).trimEnd())
    .join('\n')
    .trim();
}

/** One line of text in a Markdown document: nothing in it becomes a link, a picture, HTML or an entity. */
export function inMarkdown(text: string, length = Number.POSITIVE_INFINITY): string {
  return oneLine(text, length)
    .replaceAll(/[\\[]/g, String.raw`\$&`)
    .replaceAll(/&(?=#?\w+;)/g, '&amp;')
    .replaceAll('<', '&lt;');
}

/** As an error names what it was given: short, on one line, in quotes. */
export function quote(text: string): string {
  const line = onOneLine(text);
  return visibleJson(JSON.stringify(line.length <= 60 ? line : `${cut(line, 59).trimEnd()}…`));
}

const needsOneLine = /[^\S\uFEFF ]|^ | $| {2}/;

/** A byte order mark is no space, though it counts as one for a regular expression. */
function onOneLine(text: string): string {
  if (!needsOneLine.test(text)) return text;
  return text.replace(/[^\S\uFEFF]+/g, ' ').replace(/^ | $/g, '');
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : hex(code);
}

function hex(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
