/** What was typed, key by key. Keys without a character of their own have a name in angle brackets. */
const arrows = { A: '<up>', B: '<down>', C: '<right>', D: '<left>', Z: '<back-tab>', H: '<home>', F: '<end>' };
const pages = { '5~': '<page-up>', '6~': '<page-down>', '1~': '<home>', '4~': '<end>' };
const lines = { '\t': '<tab>', '\r': '<enter>', '\n': '<enter>', '\u007F': '<backspace>', '\b': '<backspace>' };
const controls = { '\u001B': '<escape>', '\u0003': '<ctrl-c>', '\u001A': '<ctrl-z>' };
/** By what follows `ESC [` or `ESC O`. */
const sequences = new Map(Object.entries({ ...arrows, ...pages }));
const characters = new Map(Object.entries({ ...lines, ...controls }));

/** An escape sequence, or one character as people see it. */
// oxlint-disable-next-line no-control-regex
const piece = /\u001B(?:\[[\d;]*[A-Za-z~]|O[A-Z])|[\s\S]/gu;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

export function keysIn(input: string): string[] {
  return [...input.matchAll(piece)].flatMap(([typed]) => {
    const name = typed.length > 2 ? sequences.get(typed.slice(2)) : characters.get(typed);
    if (name !== undefined) return [name];
    // What is not known is no text either.
    return typed.startsWith('\u001B') || /\p{Cc}/u.test(typed) ? [] : [typed];
  });
}

/** Without the last character as people see it. */
export function withoutLast(text: string): string {
  return [...graphemes.segment(text)]
    .slice(0, -1)
    .map(({ segment }) => segment)
    .join('');
}
