/** What is asked on the board, and what its keys do: a page in its place. */
import { foreign, type Line, span } from '../spans.ts';
import { oneLine, wrapTo, type Terminal } from '../terminal.ts';
import { shortIds } from '../render/ids.ts';
import type { Dialog, Pick } from './board-state.ts';

const keys: readonly (readonly [string, string])[] = [
  ['↑ ↓  k j', 'mark the task above, below; PgUp PgDn, g G'],
  ['← →  h l  tab', 'the column before, after'],
  ['enter', 'the marked task in full; esc goes back'],
  ['a', 'answer an item of the inbox'],
  ['/', 'show only tasks with these words; esc shows all again'],
  ['p', 'pause or resume everything'],
  ['ctrl-z', 'to the shell; fg comes back'],
  ['q', 'quit'],
];

/** Lines in the place of the board, or null where the board stays. */
export function dialogLines(dialog: Dialog | null, width: number, rows: number, terminal: Terminal): Line[] | null {
  switch (dialog?.kind) {
    case 'keys':
      return [
        [span('KEYS', 'bold')],
        ...keys.flatMap(([key, about]) =>
          width < 60
            ? [[span(` ${key}`, 'cyan')], [span(`   ${about}`)]]
            : [[span(` ${key.padEnd(15)}`, 'cyan'), span(about)]],
        ),
      ];
    case 'pick':
      return pickLines(dialog, width, rows, terminal);
    case 'note':
      return [
        ...textLines(shortIds(dialog.title, terminal), width),
        [],
        ...wrapTo(`${dialog.text}▏`, Math.max(1, width - 2)).map((text): Line => [span('> ', 'cyan'), foreign(text)]),
      ];
    case 'sure':
    case 'filter':
    case 'task':
    case undefined:
      return null;
  }
}

function textLines(text: string, width: number): Line[] {
  return wrapTo(oneLine(text), width).map((line): Line => [span(line, 'bold')]);
}

/** The options with the marked one in sight, each with its number as far as one digit goes. */
function pickLines({ title, options, at }: Pick, width: number, rows: number, terminal: Terminal): Line[] {
  const head = textLines(shortIds(title, terminal), width);
  const room = Math.max(1, rows - head.length - 4);
  const first = Math.max(0, Math.min(at - room + 1, options.length - room));
  const lines = options.slice(first, first + room).map(({ label }, index): Line => {
    const n = first + index;
    const mark = n === at ? span('› ', 'bold') : span('  ');
    return [
      mark,
      span(n < 9 ? `${n + 1}  ` : '   ', 'dim'),
      foreign(shortIds(label, terminal), n === at ? 'bold' : null),
    ];
  });
  const left = options.length - first - lines.length;
  const more = options[at]?.more;
  return [
    ...head,
    [],
    ...lines,
    ...(left > 0 ? [[span(`     ↓ ${left} more`, 'dim')]] : []),
    ...(more === undefined
      ? []
      : [[], ...wrapTo(oneLine(shortIds(more, terminal)), width).map((text): Line => [span(text, 'dim')])]),
  ];
}

/** What the keys do now. */
export function footerOf(dialog: Dialog | null, message: string, filter: string, width: number): Line {
  switch (dialog?.kind) {
    case 'filter':
      return [span(`/${oneLine(dialog.text)}▏`, 'bold'), span('  ⏎ keep  esc all', 'dim')];
    case 'keys':
      return [span('any key goes back', 'dim')];
    case 'task':
      return [span('↑↓ scroll  esc back', 'dim')];
    case 'pick':
      return [span('↑↓ move  ⏎ take  esc back', 'dim')];
    case 'note':
      return [span('⏎ send  esc back', 'dim')];
    case 'sure':
      return [span('y yes  any other key no', 'bold')];
    case undefined: {
      if (message !== '') return [foreign(message, 'yellow')];
      const kept: Line = filter === '' ? [] : [foreign(`/${filter}`, 'yellow'), span('  ')];
      const all = '↑↓ move  ⏎ open  a answer  / filter  p pause  ? keys  q quit';
      return [...kept, span(width >= all.length + 12 ? all : '⏎ open  a answer  ? keys  q quit', 'dim')];
    }
  }
}
