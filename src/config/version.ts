/** Written by scripts/write-version.ts; the source is package.json. */
export const version = '0.1.0';
