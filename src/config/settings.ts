/** Settings from options and the environment, as clients hand them over: empty, padded, with placeholders left in. */
import { delimiter, isAbsolute, join } from 'node:path';
import { homedir } from 'node:os';
import { ConfigurationError } from '../domain/errors.ts';
import { quote } from '../domain/text.ts';
import { realPlace } from '../files/within.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** `${X}` and `${X:-y}` of most clients, `{env:X}` of some, `%X%` and `$env:X` of Windows, `$X` and `$(x)` of shells. */
const placeholder =
  /\$\{[^}]*\}?|\{(?:env|file|input):[^}]*\}|%[A-Za-z_][\w()]*%|\$\([^)]*\)?|(?<=^|[\\/])\$[A-Za-z_][\w:]*/;

/** Unset, empty, and a placeholder that a client did not fill in are the same. */
export function setting(value: string | undefined): string | null {
  const text = value?.trim() ?? '';
  return text === '' || /^\$\{.*\}$/.test(text) ? null : text;
}

/**
 * A path, `~` expanded. A placeholder in it would become a folder of that name, so it is refused; one whose default is
 * empty means unset.
 * @throws ConfigurationError
 */
export function folderSetting(name: string, value: string | undefined, environment: Environment): string | null {
  const text = value?.trim() ?? '';
  if (text === '' || /^\$\{\w+:-\}$/.test(text)) return null;
  const [left] = placeholder.exec(text) ?? [];
  if (left !== undefined) {
    throw new ConfigurationError(
      `${name} is ${quote(text)}: ${quote(left)} was not filled in.`,
      `Write the path itself, or leave out ${name} if the program starts in the project.`,
    );
  }
  if (!text.startsWith('~')) return text;
  const home = homeOf(environment);
  if (home === null || !/^~(?:$|[\\/])/.test(text)) {
    throw new ConfigurationError(
      `${name} is ${quote(text)}: that home folder is unknown.`,
      'Write the path itself; write a folder whose name begins with ~ as ./~name.',
    );
  }
  return join(home, text.slice(1));
}

export function homeOf(environment: Environment): string | null {
  const home = environment[process.platform === 'win32' ? 'USERPROFILE' : 'HOME'] || accountsHome();
  return isAbsolute(home) ? home : null;
}

/** Empty: a container may run as a user that no account is known for. */
function accountsHome(): string {
  try {
    return homedir();
  } catch {
    return '';
  }
}

/**
 * Folders outside the project that its configuration may reach, links followed. From the environment: a project that
 * somebody else wrote must not be able to name them.
 * @throws ConfigurationError
 */
export function allowedFolders(environment: Environment): readonly string[] {
  const listed = environment['FEDERATION_ALLOW']?.split(delimiter) ?? [];
  return listed.flatMap((value) => {
    const folder = folderSetting('FEDERATION_ALLOW', value, environment);
    if (folder === null) return [];
    if (isAbsolute(folder)) return [realPlace(folder)];
    throw new ConfigurationError(
      `FEDERATION_ALLOW names ${quote(folder)}, which is not an absolute path.`,
      `Write absolute paths, separated by "${delimiter}".`,
    );
  });
}
