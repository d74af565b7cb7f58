import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
      message: expect.stringMatching(/config\.json: Expected the file .*the last good configuration is in force/),
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
      message: expect.stringMatching(/config\.json:3: limits\.chain_depth: .*the last good configuration is in force/),
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
    'config.json:4: agents.gone.identity: Expected a file that can be read, got none at gone.md',
    'config.json:7: agents.large.identity: Expected at most 64 KiB, got 5120 KiB at large.md',
    'config.json:10: agents.folder.identity: Expected a file, got something else at .federation',
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
