/** Lines that several pages of metrics are made of. */
import type { Figures } from '../../views/metrics-figures.ts';
import { cutLine, fitLine, foreign, type Line, paintLine, span } from '../spans.ts';
import { padTo, type Terminal } from '../terminal.ts';
import { interval, bar } from './charts.ts';
import { minutesText, percent } from './numbers.ts';

/** Where nothing else is known, and at most. */
const usualWidth = 80;
/** Columns of a bar; where the terminal is narrow, bars give way first, down to the second. */
const picture = 20;
const smallPicture = 6;

export function widthOf({ width }: Terminal): number {
  return Math.min(usualWidth, width ?? usualWidth);
}

/** How wide a picture is in this many columns. */
export function pictureIn(columns: number): number {
  return Math.max(smallPicture, Math.min(picture, columns));
}

export function title(name: string, words = ''): Line {
  return [span(name, 'bold'), span(words === '' ? '' : `  ${words}`, 'dim')];
}

export function sentence(...facts: readonly (readonly [string, number | string])[]): Line {
  return facts.flatMap(([name, value]) => [span(`  ${name} `, 'dim'), span(String(value))]);
}

/** Sections of which nothing is known but the title are left out. */
export function joined(terminal: Terminal, sections: readonly (readonly Line[])[]): string {
  const width = widthOf(terminal);
  return sections
    .filter((lines, index) => index === 0 || lines.length > 1)
    .map((lines) => lines.map((line) => paintLine(cutLine(line, width), terminal)).join('\n'))
    .join('\n\n');
}

/**
 * Name, picture, rate, count, minutes, rework: 80 columns with names of up to 18.
 * In less room the picture shrinks, then what follows the count goes, then names are cut.
 */
export function figureLines<Row extends Figures>(
  rows: readonly Row[],
  nameOf: (row: Row, index: number) => string,
  room: number,
): Line[] {
  if (rows.length === 0) return [];
  const rework = ({ rework_rate: rate }: Row): string =>
    rate === null || rate === 0 ? '' : `  ${percent(rate)} sent back`;
  // Spaces before and after the name, rate, count.
  const fixed = 2 + 2 + 5 + 9;
  const width = Math.min(18, room - fixed - smallPicture, Math.max(...rows.map((row, n) => nameOf(row, n).length)));
  const tail = 9 + Math.max(...rows.map((row) => rework(row).length));
  const drawn = pictureIn(room - width - fixed - tail);
  const timed = width + fixed + drawn + 9 <= room;
  return rows.map((row, index) => {
    const { success_rate: rate, interval: bounds, count, median_minutes } = row;
    const name = fitLine([span('  '), foreign(nameOf(row, index))], width + 2);
    if (rate === null || bounds === null) return [...name, span('  no attempt has finished yet', 'dim')];
    const style = bounds[0] >= 0.8 ? 'green' : bounds[1] <= 0.5 ? 'red' : 'cyan';
    return [
      ...name,
      span('  '),
      ...interval(bounds[0], rate, bounds[1], drawn, style),
      span(padTo(percent(rate), 5, 'right'), 'bold'),
      span(padTo(` of ${count}`, 9)),
      ...(timed ? [span(padTo(minutesText(median_minutes), 9, 'right'), 'dim'), span(rework(row), 'yellow')] : []),
    ];
  });
}

/** Of what checks have looked at: how much they proved, and how much was reported done and was not. */
export function checkLines<Row extends Figures>(rows: readonly Row[], nameOf: (row: Row) => string): Line[] {
  const seen = rows.filter(({ verified_share: proven, false_done: untrue }) => (proven ?? 0) > 0 || untrue !== null);
  const width = Math.min(18, Math.max(0, ...seen.map((row) => nameOf(row).length)));
  return seen.map((row) => [
    ...fitLine([span('  '), foreign(nameOf(row))], width + 2),
    span(`  ${padTo(percent(row.verified_share ?? 0), 4, 'right')} of the completions verified`),
    ...(row.false_done === null || row.false_done === 0
      ? []
      : [span(`, ${percent(row.false_done)} not done when reported`, 'yellow')]),
  ]);
}

/** What was stated, what came of it; 60 columns, the last of which are the picture's. */
export function againstLine(stated: number, observed: number, count: number): Line {
  return [
    span(`  stated ${padTo(percent(stated), 4, 'right')}  observed ${padTo(percent(observed), 4, 'right')}  `),
    span(padTo(`of ${count}`, 8), 'dim'),
    ...bar(observed, picture),
  ];
}
