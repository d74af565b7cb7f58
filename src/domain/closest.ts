import leven from 'leven';

/**
 * The known name that was probably meant, or null: at most two slips of the
 * pen away for short names, a third of the letters for long ones, or one name
 * containing the other, of three letters at least. Two neighbouring letters
 * that changed places are two slips.
 */
export function closest(given: string, known: readonly string[]): string | null {
  const wanted = given.toLowerCase().replaceAll('-', '_').slice(0, 60);
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.floor(wanted.length / 3)) + 1;
  for (const name of known) {
    const distance = leven(wanted, name.toLowerCase(), { maxDistance: bestDistance });
    if (distance < bestDistance) [best, bestDistance] = [name, distance];
  }
  if (best !== null || wanted.length < 3) return best;
  return known.find((name) => name.includes(wanted) || (name.length >= 3 && wanted.includes(name))) ?? null;
}
