/** Text as programs and shells leave it: UTF-8 or UTF-16, with a byte order mark or without. */
export type Decoded = { readonly text: string; readonly isExact: boolean } | { readonly problem: string };

/** How much of a file is looked at to tell what it is. */
const looked = 4_096;

export function decode(bytes: Uint8Array): Decoded {
  const encoding = encodingOf(bytes);
  if (encoding === null) return { problem: 'it is not a text' };
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), isExact: true };
  } catch {
    return { text: new TextDecoder(encoding).decode(bytes), isExact: false };
  }
}

function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  let [even, odd] = [0, 0];
  const end = Math.min(bytes.length, looked);
  for (let at = 0; at < end; at += 1) {
    if (bytes[at] !== 0) continue;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  }
  if (even + odd === 0) return 'utf-8';
  // Of Latin letters in UTF-16 every other byte is zero; a binary file has zeros in both places.
  if (odd > end / 4 && even < odd / 20) return 'utf-16le';
  if (even > end / 4 && odd < even / 20) return 'utf-16be';
  return null;
}
