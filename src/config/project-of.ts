/** The project around a federation's folder, as far as this user lets its configuration reach. */
import { type Dirent, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ConfigurationError } from '../domain/errors.ts';
import { errorCode } from '../files/error-code.ts';
import { Project, ProjectFileError } from '../files/project.ts';
import { realPlace } from '../files/within.ts';
import { allowedFolders } from './settings.ts';

/**
 * The federation's folder belongs to it wherever it leads: it was named, or found inside.
 * @throws ConfigurationError where the user's own settings are at fault
 */
export function projectOf(folder: string): Project {
  return new Project(dirname(resolve(folder)), [realPlace(resolve(folder)), ...allowedFolders(process.env)]);
}

/** What to do about a file that is not used. */
export function adviceFor(error: ProjectFileError, otherwise: string): string {
  if (error.kind !== 'outside') return otherwise;
  return 'Move it into the project, or list its folder in the environment variable FEDERATION_ALLOW.';
}

/** Where files are written whose names are known beforehand; those of sessions are random. */
const ownFolders = ['.', 'journal'];

/**
 * Git can check out links as well as files: one among the federation's own would lead what is written there elsewhere.
 * @throws ConfigurationError for one that leads out of the project
 */
export function refuseLinksOut(folder: string, project: Project): void {
  for (const inner of ownFolders) {
    for (const entry of entriesOf(join(folder, inner))) {
      if (entry.isSymbolicLink()) refuseLinkOut(resolve(folder, inner, entry.name), project);
    }
  }
}

function refuseLinkOut(link: string, project: Project): void {
  try {
    project.place(link);
  } catch (error) {
    if (!(error instanceof ProjectFileError)) throw error;
    throw new ConfigurationError(`${link} ${error.message}`, adviceFor(error, 'Remove the link.'));
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    // Not there yet, or not to be read: whoever needs it will say so.
    if (errorCode(error) !== undefined) return [];
    throw error;
  }
}
