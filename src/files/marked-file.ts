/**
 * Files that people and this program write together: what stands above the
 * marker line is theirs, what stands below it is ours. FEDERATION_LOG.md and
 * AGENT_ASSIGNMENTS.md are such files.
 */
import { mkdir, readFile, realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from './error-code.ts';
import { writeWhole } from './write-whole.ts';

export const marker = '<!-- federation-mcp writes everything below this line -->';

/** What a new file of this kind begins with. */
export function headingOf(title: string): string {
  return `# ${title}\n\nWrite what you like above the marker; what is below it is generated.\n\n`;
}

/** What people wrote, ready to be followed by the marker: to the byte where the file has one already. */
export function aboveMarker(text: string, heading: string): string {
  const at = text.indexOf(marker);
  if (at !== -1) return text.slice(0, at);
  return text.trim() === '' ? heading : `${text.trimEnd()}\n\n`;
}

/**
 * Replaces everything below the marker, all at once: a reader sees the old file
 * or the new one. Makes the file where there is none.
 * @returns whether the file is another one now.
 */
export async function writeBelowMarker(path: string, heading: string, below: string): Promise<boolean> {
  // Where people linked the file to another place, that one is replaced and not their link.
  const target = await realpath(path).catch(() => path);
  const before = await readIfThere(target);
  const after = `${aboveMarker(before ?? '', heading)}${marker}\n${below}`;
  if (before === after) return false;
  await mkdir(dirname(target), { recursive: true });
  writeWhole(target, after);
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
