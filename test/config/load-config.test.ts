import { realpathSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { ConfigurationError } from '../../src/domain/errors.ts';
import { ConfigFile } from '../../src/config/load-config.ts';
import { openFederation } from '../../src/compose/open-federation.ts';
import { resources } from '../../resources/index.ts';
import { eventually } from '../support/store-samples.ts';
import { inMemory } from '../support/in-memory.ts';

let project = '';
let folder = '';
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), 'load-config-'));
  folder = join(project, '.federation');
  await mkdir(folder);
});
afterEach(() => rm(project, { recursive: true, force: true }));

const write = (config: unknown): Promise<void> =>
  writeFile(join(folder, 'config.json'), typeof config === 'string' ? config : JSON.stringify(config, null, 2));

test('a changed file is taken, an unchanged one costs nothing', async () => {
  await write({ limits: { chain_depth: 5 } });
  const file = new ConfigFile(folder);
  expect((await file.load()).config.limits.chain_depth).toBe(5);
  expect(await file.refresh()).toBeNull();
  await write({ limits: { chain_depth: 6 } });
  expect((await file.refresh())?.config.limits.chain_depth).toBe(6);
  expect(await file.refresh()).toBeNull();
});

test('a file that goes while a process runs leaves in force what it said, with a warning until it is back', async () => {
  await write({ limits: { chain_depth: 5 } });
  const file = new ConfigFile(folder);
  await file.load();
  // As an editor does that saves by deleting and writing.
  await rm(join(folder, 'config.json'));
  const gone = await file.refresh();
  expect(gone?.config.limits.chain_depth).toBe(5);
  expect(gone?.warnings).toEqual([
    {
      code: 'invalid',
      message: expect.stringMatching(/config\.json no longer exists .*using the last good configuration/),
      next: expect.any(String),
    },
  ]);
  await write({ limits: { chain_depth: 6 } });
  expect(await file.refresh()).toMatchObject({ config: { limits: { chain_depth: 6 } }, warnings: [] });
});

test('a process that starts without a file has the defaults, and takes the file that comes', async () => {
  await write({ limits: { chain_depth: 5 } });
  await new ConfigFile(folder).load();
  await rm(join(folder, 'config.json'));
  const file = new ConfigFile(folder);
  expect(await file.load()).toMatchObject({ config: { limits: { chain_depth: 12 } }, warnings: [] });
  await write({ limits: { chain_depth: 6 } });
  expect((await file.refresh())?.config.limits.chain_depth).toBe(6);
});

test('a broken file keeps the last good configuration and says where it is broken', async () => {
  await write({ limits: { chain_depth: 5 } });
  const file = new ConfigFile(folder);
  await file.load();
  await write('{\n  "limits": {\n    "chain_depth": "deep"\n  }\n}');
  const broken = await file.refresh();
  expect(broken?.config.limits.chain_depth).toBe(5);
  expect(broken?.warnings).toEqual([
    {
      code: 'invalid',
      message: expect.stringMatching(/config\.json:3: limits\.chain_depth: .*using the last good configuration/),
      next: expect.any(String),
    },
  ]);
  await write({ limits: { chain_depth: 7 } });
  expect(await file.refresh()).toMatchObject({ config: { limits: { chain_depth: 7 } }, warnings: [] });
});

test('a server that starts on a broken file has the last good one too, and none where there never was one', async () => {
  await write('{ "limits": ');
  await expect(new ConfigFile(folder).load()).rejects.toThrow(ConfigurationError);
  await write('{ "operator": "ada" } // good');
  await new ConfigFile(folder).load();
  expect(await readFile(join(folder, 'config.last-good.json'), 'utf8')).toBe('{ "operator": "ada" } // good');
  await write('{ "operator": ');
  const { config, warnings } = await new ConfigFile(folder).load();
  expect(config.operator).toBe('ada');
  expect(warnings).toHaveLength(1);
});

test('an identity file that is missing, too large or a folder is named, and taken once it is mended', async () => {
  await writeFile(join(project, 'large.md'), 'x'.repeat(5 * 1024 * 1024));
  await writeFile(join(project, 'good.md'), 'I am good');
  await write({
    agents: {
      gone: { identity: 'gone.md' },
      large: { identity: 'large.md' },
      folder: { identity: '.federation' },
      good: { identity: 'good.md' },
    },
  });
  const file = new ConfigFile(folder);
  const { config, warnings } = await file.load();
  const faults = warnings.map(({ message }) => message.replace(`${folder}/`, ''));
  expect(faults).toEqual([
    'config.json:4: agents.gone.identity: gone.md does not exist',
    'config.json:7: agents.large.identity: large.md has 5120 KiB, more than the 64 KiB allowed',
    'config.json:10: agents.folder.identity: .federation is not a regular file',
  ]);
  expect(Object.values(config.agents).map(({ identity }) => identity)).toEqual([
    undefined,
    undefined,
    undefined,
    'good.md',
  ]);
  await writeFile(join(project, 'gone.md'), 'back');
  const mended = await file.refresh();
  expect(mended?.config.agents['gone']?.identity).toBe('gone.md');
  expect(mended?.warnings).toHaveLength(2);
});

test('an identity that leads out of the project is not read, by path or by link', async () => {
  await symlink('/etc/passwd', join(project, 'link.md'));
  await symlink('..', join(project, 'up'));
  await write({
    agents: {
      environ: { identity: '/proc/self/environ' },
      link: { identity: 'link.md' },
      up: { identity: `up/${basename(project)}-other/SOUL.md` },
      dots: { identity: '../SOUL.md' },
    },
  });
  const { config, warnings } = await new ConfigFile(folder).load();
  expect(Object.values(config.agents).map(({ identity }) => identity)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(warnings.map(({ message }) => message.replace(/^.* leads out of the project, to /, ''))).toEqual([
    expect.stringMatching(/^\/proc\/\d+\/environ$/),
    '/etc/passwd',
    `${realpathSync(tmpdir())}/${basename(project)}-other/SOUL.md`,
    `${realpathSync(tmpdir())}/SOUL.md`,
  ]);
  expect(warnings[0]?.next).toContain('FEDERATION_ALLOW');
});

test('an identity outside the project is read where the user allows its folder', async () => {
  const shared = await mkdtemp(join(tmpdir(), 'shared-'));
  onTestFinished(() => rm(shared, { recursive: true, force: true }));
  await writeFile(join(shared, 'SOUL.md'), 'I am shared');
  await write({ agents: { claude: { identity: join(shared, 'SOUL.md') } } });
  expect((await new ConfigFile(folder).load()).warnings).toHaveLength(1);
  vi.stubEnv('FEDERATION_ALLOW', shared);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { config, warnings } = await new ConfigFile(folder).load();
  expect([config.agents['claude']?.identity, warnings]).toEqual([join(shared, 'SOUL.md'), []]);
});

test.each([
  ['../out/rc', 'leads out of the project, to'],
  ['linked/rc', 'leads out of the project, to'],
  ['dangling.md', 'leads out of the project, to'],
  ['.git/hooks/post-checkout', 'belongs to git'],
  ['.federation/journal/000001.jsonl', 'is in the folder of the federation'],
])('a log that leads to %s is not written', async (log_file, expected) => {
  const outside = await mkdtemp(join(tmpdir(), 'outside-'));
  onTestFinished(() => rm(outside, { recursive: true, force: true }));
  await symlink(outside, join(project, 'linked'));
  await symlink(join(outside, 'made'), join(project, 'dangling.md'));
  await write({ log_file });
  const { config, warnings } = await new ConfigFile(folder).load();
  expect(config.log_file).toBeNull();
  expect(warnings).toEqual([
    {
      code: 'invalid',
      message: expect.stringContaining(`config.json:2: log_file: ${log_file} ${expected}`),
      next: expect.any(String),
    },
  ]);
  const federation = await openFederation({ folder });
  await federation.execute('pause_federation', {}, { name: 'reuben', kind: 'person', session: null, client: null });
  await federation.close();
  expect(await readdir(outside)).toEqual([]);
});

test('a log may lie in the folder of the federation', async () => {
  await write({ log_file: '.federation/LOG.md' });
  expect((await new ConfigFile(folder).load()).warnings).toEqual([]);
});

test('a log that becomes a link out of the project while a process runs is not written through it', async () => {
  await write({});
  const outside = await mkdtemp(join(tmpdir(), 'outside-'));
  onTestFinished(() => rm(outside, { recursive: true, force: true }));
  const federation = await openFederation({ folder });
  await symlink(join(outside, 'made'), join(project, 'FEDERATION_LOG.md'));
  await federation.execute('pause_federation', {}, { name: 'reuben', kind: 'person', session: null, client: null });
  await federation.close();
  expect(await readdir(outside)).toEqual([]);
});

test.each(['config.json', 'journal', 'webhook.lock'])(
  'a federation whose %s is a link out of the project is not opened',
  async (name) => {
    const outside = await mkdtemp(join(tmpdir(), 'outside-'));
    onTestFinished(() => rm(outside, { recursive: true, force: true }));
    await symlink(join(outside, name), join(folder, name));
    await expect(openFederation({ folder })).rejects.toThrow(/leads out of the project, to/);
    expect(await readdir(outside)).toEqual([]);
  },
);

test('a folder that was linked to by name belongs to its federation', async () => {
  const place = await mkdtemp(join(tmpdir(), 'place-'));
  onTestFinished(() => rm(place, { recursive: true, force: true }));
  await writeFile(join(place, 'config.json'), '{ "operator": "ada" }');
  await rm(folder, { recursive: true });
  await symlink(place, folder);
  const federation = await openFederation({ folder });
  expect(federation.config.operator).toBe('ada');
  await federation.close();
});

test('a live process takes the changed file, and says in status and at the start of a session what is wrong with it', async () => {
  await write({ operator: 'ada' });
  const federation = await openFederation({ folder });
  try {
    federation.keepTime();
    await write({ operator: 'grace' });
    await eventually(() => federation.config.operator === 'grace');
    await write('{ "operator": 7 }');
    await eventually(() => federation.configWarnings.length === 1);
    expect(federation.config.operator).toBe('grace');
    const status = resources.find(({ uri }) => uri === 'federation://status');
    expect(await status?.read({}, federation)).toMatchObject({
      operator: 'grace',
      config_warnings: [expect.stringContaining('config.json:1: operator:')],
    });
  } finally {
    await federation.close();
  }
});

test('rules of a changed file fire from the next completion on', async () => {
  await write({ scheduling: { rules: [] } });
  const file = new ConfigFile(folder);
  const { config } = await file.load();
  const { federation, call } = await inMemory({}, { config, refreshConfig: () => file.refresh() });
  const done = async () => {
    const { task } = await call('reuben', 'queue_task', { description: 'b', type: 'implementation', to_agent: 'kimi' });
    const { task_id } = Object(task);
    await call('kimi', 'claim_task', { task_id });
    return (await call('kimi', 'complete_task', { task_id, outcome: 'success', summary: 's' }))['follow_ups'];
  };
  expect(await done()).toEqual([]);
  federation.keepTime();
  await write({});
  await eventually(() => federation.config.scheduling.rules.length === 3);
  expect(await done()).toHaveLength(1);
  await write({ scheduling: { rules: 'none' } });
  await eventually(() => federation.configWarnings.length > 0);
  expect(await call('kimi', 'start_session')).toMatchObject({
    config_warnings: [expect.stringContaining('scheduling.rules')],
  });
  await federation.close();
});
