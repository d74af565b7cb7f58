/**
 * The known name that was probably meant, or null: at most two slips of the
 * pen away for short names, a third of the letters for long ones, or one name
 * containing the other, of three letters at least.
 */
export function closest(given: string, known: readonly string[]): string | null {
  const wanted = given.toLowerCase().replaceAll('-', '_').slice(0, 60);
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const name of known) {
    const distance = distanceBetween(wanted, name.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  if (best !== null || wanted.length < 3) return best;
  return known.find((name) => name.includes(wanted) || (name.length >= 3 && wanted.includes(name))) ?? null;
}

/** Levenshtein's distance: insertions, deletions and replacements. */
function distanceBetween(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[b.length] ?? 0;
}
