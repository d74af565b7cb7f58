/** What a release is made of: one version everywhere, manifests that their readers take, a changelog that is cut in two. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { kindOf, releaseIn } from '../../scripts/release/changelog.ts';
import { repositoryOf, setRepository } from '../../scripts/release/repository.ts';
import { nextVersion, versionedFiles, withVersion } from '../../scripts/release/versions.ts';
import { version } from '../../src/config/version.ts';
import { tools } from '../../tools/index.ts';

const root = join(import.meta.dirname, '../..');
const text = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('the version', () => {
  it.each(Object.entries(versionedFiles))('is the one of package.json in %s, and moves on', (file, times) => {
    expect(withVersion(file, text(file), times, version, '77.0.0').split('77.0.0')).toHaveLength(times + 1);
    expect(() => withVersion(file, text(file), times, '0.0.1', '77.0.0')).toThrow(`Expected ${file} to name 0.0.1`);
  });

  it('goes up by one place, or to a later one', () => {
    expect(['patch', 'minor', 'major', '2.0.0'].map((asked) => nextVersion('1.2.3', asked))).toEqual([
      '1.2.4',
      '1.3.0',
      '2.0.0',
      '2.0.0',
    ]);
    expect(() => nextVersion('1.2.3', '1.2.3')).toThrow('Expected a version after 1.2.3');
    expect(() => nextVersion('1.2.3', 'next')).toThrow('Expected patch, minor, major or a version');
  });
});

describe('the changelog', () => {
  const before = '# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A.\n\n## [0.1.0] - 2026-01-01\n\n- B.\n';

  it('gets an empty section above the one that is released', () => {
    const { changelog, notes } = releaseIn(before, '0.2.0', '2026-12-01');
    expect(notes).toBe('### Added\n\n- A.');
    expect(changelog).toBe(
      '# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- A.\n\n## [0.1.0] - 2026-01-01\n\n- B.\n',
    );
    expect(() => releaseIn(changelog, '0.3.0', '2026-12-02')).toThrow('Nothing is unreleased');
    expect(() => releaseIn(before, '0.1.0', '2026-12-02')).toThrow('0.1.0 is in CHANGELOG.md already');
  });

  it('says what kind of release it is', () => {
    expect(kindOf('### Fixed\n', '1.0.0')).toBe('patch');
    expect(kindOf('### Fixed\n\n### Added\n', '1.0.0')).toBe('minor');
    expect(kindOf('### Changed\n', '1.0.0')).toBe('major');
    expect(kindOf('### Changed\n', '0.1.0')).toBe('minor');
  });

  it('can be released as it is', () => {
    expect(releaseIn(text('CHANGELOG.md'), '77.0.0', '2026-12-01').notes).not.toBe('');
  });
});

it('the MCP registry takes server.json, and the package says that it is the one meant', () => {
  const server = z
    .object({
      name: z.string().regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/),
      description: z.string().min(1).max(100),
      packages: z.tuple([z.object({ identifier: z.string(), transport: z.object({ type: z.literal('stdio') }) })]),
    })
    .parse(JSON.parse(text('server.json')));
  const manifest = z.object({ name: z.string(), mcpName: z.string() }).parse(JSON.parse(text('package.json')));
  expect(manifest.mcpName).toBe(server.name);
  expect(server.packages[0].identifier).toBe(manifest.name);
});

it('is published from where it was said once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'release-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const file of ['package.json', 'server.json']) writeFileSync(join(folder, file), text(file));
  await expect(setRepository(folder, 'https://github.com/somebody/federation-mcp')).rejects.toThrow('OWNER/NAME');
  await setRepository(folder, 'Somebody/their-fork');
  expect(await repositoryOf(folder)).toBe('git+https://github.com/Somebody/their-fork.git');
  const [manifest, server] = ['package.json', 'server.json'].map((file) => readFileSync(join(folder, file), 'utf8'));
  expect(JSON.parse(manifest ?? '')).toMatchObject({ mcpName: 'io.github.Somebody/federation-mcp' });
  expect(JSON.parse(server ?? '')).toMatchObject({
    name: 'io.github.Somebody/federation-mcp',
    repository: { url: 'https://github.com/Somebody/their-fork', source: 'github' },
  });
  // What was there is written as it was.
  expect(server).toContain('"transport": { "type": "stdio" }');
});

it("the plugin's skill names tools that there are", () => {
  const skill = text('plugin/skills/federation/SKILL.md');
  const [, head = '', body = ''] = /^---\n([^]*?)\n---\n([^]*)$/.exec(skill) ?? [];
  expect(head).toMatch(/^name: federation\ndescription: .{50,1024}$/);
  const named = [...body.matchAll(/`([a-z]+_[a-z]+)`/g)].map(([, name = '']) => name);
  const fields = ['to_agent', 'wait_for', 'follow_ups'];
  expect(named.filter((name) => !fields.includes(name) && !tools.some((tool) => tool.name === name))).toEqual([]);
});
