/** Brings a configuration file up to date where it lies. The old one is kept beside it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../files/write-whole.ts';
import { configVersion, currentText, versionIn } from './config-version.ts';
import { projectOf } from './project-of.ts';
import { parseConfig, readConfigText } from './read-config.ts';

export interface MigratedConfig {
  readonly from: number;
  readonly to: number;
  /** The file as it was. */
  readonly kept: string;
}

/**
 * Null where there is nothing to do: no file, or one of this version.
 * @throws ConfigurationError where the file is at fault, or of a newer version; nothing is changed then
 */
export async function migrateConfig(folder: string): Promise<MigratedConfig | null> {
  const file = join(folder, 'config.json');
  const text = await readConfigText(file, projectOf(folder));
  if (text === null) return null;
  parseConfig(text, file);
  const from = versionIn(text);
  if (from === null || from >= configVersion) return null;
  const after = currentText(text);
  parseConfig(after, file);
  const kept = keepAside(join(folder, `config.v${from}`), text);
  writeWhole(file, after);
  return { from, to: configVersion, kept };
}

/** `config.v0.json`, or `config.v0-2.json` where that is taken: what was kept once is never overwritten. */
function keepAside(name: string, text: string): string {
  for (let count = 1; ; count += 1) {
    const file = `${name}${count === 1 ? '' : `-${count}`}.json`;
    if (existsSync(file)) continue;
    writeWhole(file, text);
    return file;
  }
}
