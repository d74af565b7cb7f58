/** What was typed, key by key. Keys without a character of their own have a name in angle brackets. */
const named = new Map([
  ['\u001B[A', '<up>'],
  ['\u001BOA', '<up>'],
  ['\u001B[B', '<down>'],
  ['\u001BOB', '<down>'],
  ['\u001B[C', '<right>'],
  ['\u001BOC', '<right>'],
  ['\u001B[D', '<left>'],
  ['\u001BOD', '<left>'],
  ['\u001B[5~', '<page-up>'],
  ['\u001B[6~', '<page-down>'],
  ['\u001B[H', '<home>'],
  ['\u001B[1~', '<home>'],
  ['\u001B[F', '<end>'],
  ['\u001B[4~', '<end>'],
  ['\u001B[Z', '<back-tab>'],
  ['\u001B', '<escape>'],
  ['\t', '<tab>'],
  ['\r', '<enter>'],
  ['\n', '<enter>'],
  ['\u007F', '<backspace>'],
  ['\b', '<backspace>'],
  ['\u0003', '<ctrl-c>'],
  ['\u001A', '<ctrl-z>'],
]);

/** An escape sequence, or one character as people see it. */
// oxlint-disable-next-line no-control-regex
const piece = /\u001B(?:\[[\d;]*[A-Za-z~]|O[A-Z])|[\s\S]/gu;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

export function keysIn(input: string): string[] {
  return [...input.matchAll(piece)].flatMap(([typed]) => {
    const name = named.get(typed);
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
