import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyEdits, modify } from 'jsonc-parser';
import {
  type ConfigStep,
  configVersion,
  currentText,
  migratedText,
  versionIn,
} from '../../src/config/config-version.ts';
import { ConfigFile } from '../../src/config/load-config.ts';
import { migrateConfig } from '../../src/config/migrate-config.ts';
import { renderDefaultConfig } from '../../src/config/write-default-config.ts';

let folder = '';
const file = (): string => join(folder, 'config.json');

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'federation-versions-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const old = '{\n  // Ours: Ann\n  "operator": "ann", // since May\n  "limits": { "chain_depth": 9, },\n}\n';

describe('a configuration of an older version', () => {
  it('works as it is, and nothing writes it but a person', async () => {
    await writeFile(file(), old);
    expect((await new ConfigFile(folder).load()).config).toMatchObject({ operator: 'ann', version: configVersion });
    expect(await readFile(file(), 'utf8')).toBe(old);
  });

  it('is brought up to date with its comments, and kept under its version', async () => {
    await writeFile(file(), old);
    const migrated = await migrateConfig(folder);
    expect(migrated).toEqual({ from: 0, to: configVersion, kept: join(folder, 'config.v0.json') });
    expect(await readFile(join(folder, 'config.v0.json'), 'utf8')).toBe(old);
    const now = await readFile(file(), 'utf8');
    expect(versionIn(now)).toBe(configVersion);
    for (const comment of ['// Ours: Ann', '// since May']) expect(now).toContain(comment);
    expect((await new ConfigFile(folder).load()).config).toMatchObject({ operator: 'ann', limits: { chain_depth: 9 } });
    expect(await migrateConfig(folder)).toBeNull();
    // A second old file does not take the place of the first.
    await writeFile(file(), '{}');
    expect((await migrateConfig(folder))?.kept).toBe(join(folder, 'config.v0-2.json'));
    expect(await readFile(join(folder, 'config.v0.json'), 'utf8')).toBe(old);
  });

  it('with a fault stays as it is', async () => {
    await writeFile(file(), '{ "operator": 7 }');
    await expect(migrateConfig(folder)).rejects.toThrow(/operator/);
    expect(await readdir(folder)).toEqual(['config.json']);
  });

  it('goes through the steps from its own version on, in order', () => {
    const set = (key: string, value: unknown) => (text: string) => applyEdits(text, modify(text, [key], value, {}));
    const steps: readonly ConfigStep[] = [
      { from: 0, change: set('a', undefined) },
      { from: 1, change: set('b', 2) },
    ];
    expect(JSON.parse(migratedText('{"a":1}', steps))).toEqual({ version: 2, b: 2 });
    expect(JSON.parse(migratedText('{"version":1,"a":1}', steps))).toEqual({ version: 2, a: 1, b: 2 });
    expect(migratedText('{"version":2,"a":1}', steps)).toBe('{"version":2,"a":1}');
    expect(JSON.parse(currentText('{"version":1,"a":1}', steps, 2))).toEqual({ version: 2, a: 1, b: 2 });
    expect(migratedText('no JSON', steps)).toBe('no JSON');
  });
});

it('a configuration of a newer version is refused by name, also by fed init, and stays as it is', async () => {
  const newer = `{\n  "version": ${configVersion + 1},\n  "wings": true\n}`;
  await writeFile(file(), newer);
  const message = new RegExp(
    `config\\.json:2: version: the file is of version ${configVersion + 1}, .* up to ${configVersion}`,
  );
  await expect(new ConfigFile(folder).load()).rejects.toThrow(message);
  await expect(migrateConfig(folder)).rejects.toThrow(message);
  expect(await readFile(file(), 'utf8')).toBe(newer);
  expect(await readdir(folder)).toEqual(['config.json']);
});

it('a new configuration says its version', () => {
  expect(versionIn(renderDefaultConfig())).toBe(configVersion);
});
