import { cut, visibleJson } from '../domain/text.ts';

/** Text from outside, as it may appear in a message: quoted, escaped, short. */
export function quote(value: unknown, longest = 60): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return visibleJson(JSON.stringify(shortened(value, longest)));
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  // A number, true, false or null: nothing else comes out of JSON.
  return shortened(JSON.stringify(value), longest);
}

function shortened(text: string, longest: number): string {
  return text.length > longest ? `${cut(text, longest - 1)}…` : text;
}
