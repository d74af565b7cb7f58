/**
 * paths   globs of the files that a task will change: `*` and `?` within a folder, `**` across folders. A name without
 *         an ending may be a folder and stands for what is in it too: `src/store` overlaps with `src/store/journal.ts`
 * uses    names of things that only one may use at a time, such as `staging`
 *
 * Whether two tasks would get into each other's way is asked at each claim, of each pending task with patterns.
 */

interface Needs {
  readonly paths: readonly string[];
  readonly uses: readonly string[];
}

/** Patterns a task may have. */
export const mostPaths = 20;
export const longestPath = 200;
export const mostUses = 10;

export function needsRoom({ paths, uses }: Needs): boolean {
  return paths.length > 0 || uses.length > 0;
}

/** A task without patterns overlaps with nothing, and one that uses nothing waits for nobody's use. */
export function overlap(a: Needs, b: Needs): boolean {
  return (
    a.uses.some((name) => b.uses.includes(name)) ||
    a.paths.some((path) => b.paths.some((other) => patternsOverlap(path, other)))
  );
}

/** `./src//a/` → `src/a`; `null` for what leaves the project or begins at the root of the disk. */
export function normalisedPath(path: string): string | null {
  const text = path.trim().replaceAll('\\', '/');
  if (text.startsWith('/') || /^[a-z]:/i.test(text)) return null;
  const segments = text.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.length === 0 || segments.includes('..')) return null;
  // Several in a row mean no more than one, and would cost time.
  return segments.filter((segment, index) => segment !== '**' || segments[index - 1] !== '**').join('/');
}

/** Says where the work will be, however wide the rest: not the whole project. */
export function beginsLiterally(path: string): boolean {
  return !/[*?]/.test(path.split('/', 1)[0] ?? '');
}

/** Whether there could be a path that both match. */
export function patternsOverlap(a: string, b: string): boolean {
  return literalPartsAgree(a, b) && segmentsMeet(segmentsOf(a), segmentsOf(b));
}

/** Whether a pattern stands for this file. */
export function covers(pattern: string, file: string): boolean {
  return segmentsMeet(segmentsOf(pattern), file.split('/'));
}

function segmentsMeet(left: readonly string[], right: readonly string[]): boolean {
  const known = new Map<number, boolean>();
  const from = (i: number, j: number): boolean => {
    const [one, other] = [left[i], right[j]];
    if (one === undefined && other === undefined) return true;
    const key = i * (right.length + 1) + j;
    const before = known.get(key);
    if (before !== undefined) return before;
    known.set(key, false);
    const found =
      one === '**'
        ? from(i + 1, j) || (other !== undefined && from(i, j + 1))
        : other === '**'
          ? from(i, j + 1) || (one !== undefined && from(i + 1, j))
          : one !== undefined && other !== undefined && segmentsOverlap(one, other) && from(i + 1, j + 1);
    known.set(key, found);
    return found;
  };
  return from(0, 0);
}

/** A name without an ending, or one that only begins with a dot, may be a folder. */
function segmentsOf(pattern: string): string[] {
  const segments = pattern.split('/');
  return /^\.?[^.*?]+$/.test(segments.at(-1) ?? '') ? [...segments, '**'] : segments;
}

/** Settles most pairs at once: `src/…` and `test/…` cannot meet, whatever follows. */
function literalPartsAgree(a: string, b: string): boolean {
  const [one, other] = [literalPart(a), literalPart(b)];
  const length = Math.min(one.length, other.length);
  return one.slice(0, length) === other.slice(0, length);
}

function literalPart(pattern: string): string {
  const end = pattern.search(/[*?]/);
  return end === -1 ? pattern : pattern.slice(0, end);
}

/** Of two names with `*` and `?`, whether some name matches both. */
function segmentsOverlap(a: string, b: string): boolean {
  if (!/[*?]/.test(a) && !/[*?]/.test(b)) return a === b;
  // Whether the rests from i and j on can match the same name, for all j at once, from the end on.
  let after: boolean[] = [];
  for (let i = a.length; i >= 0; i--) {
    const row: boolean[] = Array.from({ length: b.length + 1 }, () => false);
    for (let j = b.length; j >= 0; j--) {
      const [one, other] = [a[i], b[j]];
      if (one === undefined && other === undefined) row[j] = true;
      else if (one === '*') row[j] = after[j] === true || row[j + 1] === true;
      else if (other === '*') row[j] = row[j + 1] === true || after[j] === true;
      else if (one !== undefined && other !== undefined && (one === other || one === '?' || other === '?')) {
        row[j] = after[j + 1] === true;
      }
    }
    after = row;
  }
  return after[0] === true;
}
