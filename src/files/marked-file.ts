/**
 * Files that people and this program write together: what stands above the
 * marker line is theirs, what stands below it is ours. FEDERATION_LOG.md and
 * AGENT_ASSIGNMENTS.md are such files.
 */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from './error-code.ts';
import { makeFolder } from './make-folder.ts';
import { writeWhole } from './write-whole.ts';

const pattern = /<!-- federation-mcp writes everything below this line(?: \(journal (\w+)\))? -->/;

/** `journal`: which one the file below it tells of, where it tells of one. */
export function markerLine(journal: string | null = null): string {
  return `<!-- federation-mcp writes everything below this line${journal === null ? '' : ` (journal ${journal})`} -->`;
}

/** The first marker in a text, and the journal that it names. */
export function findMarker(text: string): { readonly at: number; readonly journal: string | null } | null {
  const found = pattern.exec(text);
  return found === null ? null : { at: found.index, journal: found[1] ?? null };
}

/** What a new file of this kind begins with. */
export function headingOf(title: string, more = ''): string {
  return `# ${title}\n\nWrite anything above the marker; everything below it is generated.${more}\n\n`;
}

/** What people wrote, ready to be followed by the marker: to the byte where the file has one already. */
export function aboveMarker(text: string, heading: string): string {
  const found = findMarker(text);
  if (found !== null) return text.slice(0, found.at);
  return text.trim() === '' ? heading : `${text.trimEnd()}\n\n`;
}

interface Writing {
  readonly marker?: string;
  /** How a file is made that is not there; absent: its owner's alone. */
  readonly make?: (path: string) => number;
}

/**
 * Replaces everything below the marker, all at once: a reader sees the old file
 * or the new one. Makes the file where there is none. A link would be replaced
 * itself: callers follow it first, to where they may write.
 * @returns whether the file is another one now.
 */
export async function writeBelowMarker(
  target: string,
  heading: string,
  below: string,
  { marker = markerLine(), make }: Writing = {},
): Promise<boolean> {
  const before = await readIfThere(target);
  const after = `${aboveMarker(before ?? '', heading)}${marker}\n${below}`;
  if (before === after) return false;
  makeFolder(dirname(target));
  writeWhole(target, after, make);
  return true;
}

/** Only a file that is not there counts as empty: one that cannot be read must not be replaced. */
async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
