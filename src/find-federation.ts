/** Where the federation of a working folder is. */
import { stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

export interface Whereabouts {
  /** `--dir`: the federation's own folder. */
  readonly dir?: string | undefined;
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * The federation's folder: the one named, else the nearest `.federation` going
 * up from the working folder, else from the project that the client works on
 * (some clients start their servers elsewhere). `null` where there is none.
 * A named folder need not be there yet.
 */
export async function findFederation({ dir, workingFolder, environment }: Whereabouts): Promise<string | null> {
  const named = dir ?? (environment['FEDERATION_DIR'] || undefined);
  if (named !== undefined) return resolve(workingFolder, named);
  const project = environment['CLAUDE_PROJECT_DIR'] || undefined;
  return (await nearest(workingFolder)) ?? (project === undefined ? null : await nearest(resolve(project)));
}

async function nearest(start: string): Promise<string | null> {
  for (let folder = start; ; folder = dirname(folder)) {
    const candidate = join(folder, '.federation');
    const found = await stat(candidate).catch(() => null);
    if (found?.isDirectory() === true) return candidate;
    if (dirname(folder) === folder) return null;
  }
}
