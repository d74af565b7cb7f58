import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultConfig } from '../../src/config/schema.ts';
import { ConfigurationError, StoreError } from '../../src/domain/errors.ts';
import { parseConfig, readConfig } from '../../src/config/read-config.ts';
import { renderDefaultConfig, writeDefaultConfig } from '../../src/config/write-default-config.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'read-config-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function faultOf(text: string): string {
  try {
    parseConfig(text, 'config.json');
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
  return 'no fault';
}

test('a folder without a configuration has the defaults', async () => {
  expect(await readConfig(folder)).toEqual(defaultConfig);
});

test('comments, trailing commas and a byte order mark are allowed', () => {
  const text = '\uFEFF// who steers\n{ "operator": "ada", /* nobody else */ "people": [], }\n';
  expect(parseConfig(text, 'config.json').operator).toBe('ada');
});

test('what is not JSON is named with file, line and column', () => {
  expect(faultOf('{\n  "operator": "ada"\n  "people": []\n}')).toMatch(/^config\.json:3:3: .*comma expected/);
  expect(faultOf('')).toMatch(/^config\.json:1:1: .*value expected/);
});

test('a wrong value is named with file, line, key, what was expected and what was there', () => {
  expect(faultOf('{\n  "agents": {\n    "kimi": {\n      "capacity": "many"\n    }\n  }\n}')).toBe(
    'config.json:4: agents.kimi.capacity: Invalid input: expected number, received string, got "many"',
  );
});

test('nesting that no key has is named where it becomes too deep, however deep it goes', () => {
  const deep = (levels: number) => `{\n"agents": ${'['.repeat(levels)}`;
  expect(faultOf(deep(64))).toBe('config.json:2:74: nested deeper than 64 levels');
  expect(faultOf(deep(1_000_000))).toBe('config.json:2:74: nested deeper than 64 levels');
  expect(faultOf(`{ "principles": ["${'['.repeat(100)}"] /* ${'['.repeat(100)} */ }`)).toBe('no fault');
});

test('an unknown key is named where it stands', () => {
  expect(faultOf('{\n  "limits": {\n    "chain_dept": 3 }\n}')).toBe('config.json:3: limits.chain_dept: unknown key');
});

test('an element of a list is named by its number', () => {
  expect(faultOf('{"agents": {"kimi": {"types": ["testing", "Not A Slug"]}}}')).toContain(
    'config.json:1: agents.kimi.types[1]: Expected a slug',
  );
});

test("an agent's name that is no slug is named", () => {
  expect(faultOf('{"agents": {\n"Kimi Code": {}}}')).toMatch(/^config\.json:2: agents\.Kimi Code: Expected a slug/);
});

test('rules between keys are checked, and say what they expect', () => {
  expect(faultOf('{"agents": {\n"kimi": {\n"fallback": "nobody"}}}')).toBe(
    'config.json:3: agents.kimi.fallback: Expected the name of another agent, got "nobody"',
  );
});

test('many faults are cut after the first five', () => {
  const lines = faultOf('{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1}').split('\n');
  expect(lines).toHaveLength(6);
  expect(lines.at(-1)).toBe('… and 2 more');
});

test('something other than an object is refused as a whole', () => {
  expect(faultOf('[]')).toContain('config.json:1: the whole file:');
});

test('a configuration that cannot be read is named', async () => {
  await mkdir(join(folder, 'config.json'));
  await expect(readConfig(folder)).rejects.toThrow(/config\.json is not a regular file/);
});

test('a configuration is read as editors and shells save it', async () => {
  const text = '{ "operator": "ada" } // größer';
  const bigEndian = Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();
  for (const bytes of [`\uFEFF${text}`, Buffer.from(`\uFEFF${text}`, 'utf16le'), bigEndian]) {
    await writeFile(join(folder, 'config.json'), bytes);
    expect((await readConfig(folder)).operator).toBe('ada');
  }
});

test('a configuration in another encoding is named as such', async () => {
  await writeFile(join(folder, 'config.json'), Buffer.from('{ "operator": "ada" } // größer', 'latin1'));
  await expect(readConfig(folder)).rejects.toThrow(/config\.json is not UTF-8 text/);
});

test('a configuration that is no such thing is named before it is parsed', async () => {
  await writeFile(join(folder, 'config.json'), ' '.repeat(2 * 1024 * 1024));
  await expect(readConfig(folder)).rejects.toThrow(/config\.json has 2048 KiB, more than the 1024 KiB allowed/);
  expect(faultOf(`{"context":\n${'['.repeat(200_000)}`)).toBe('config.json:2:64: nested deeper than 64 levels');
  expect(faultOf(`{ "operator": "ada", "principles": ["${'[{'.repeat(100)}"] /* ${'['.repeat(100)} */ }`)).toBe(
    'no fault',
  );
});

test('a URL with user and password is refused, and nothing of what may be secret in it is repeated', () => {
  for (const webhook of [
    { url: 'https://ada:s3cret@example.org/hook' },
    { url: 'https://s3cret@example.org/hook' },
    { url: 'ftp://example.org/s3cret' },
    { url: 'example.org/s3cret' },
    { url: `https://example.org/${'s3cret'.repeat(500)}` },
    { url: ['https://example.org/s3cret'] },
    'https://ada:s3cret@example.org/hook?token=s3cret',
    ['https://example.org?token=s3cret'],
  ]) {
    const fault = faultOf(JSON.stringify({ webhook }));
    expect(fault).toMatch(/config\.json:1: webhook/);
    expect(fault).not.toContain('s3cret');
  }
  expect(faultOf('{"webhook": {"url": "https://ada:x@example.org"}}')).toContain('without user and password');
  expect(faultOf('{"webhook": "https://ada:x@example.org/y"}')).toContain('got "https://example.org/…"');
});

test('the written default says what the defaults are', async () => {
  const { written, kept } = writeDefaultConfig(folder);
  expect(written).toEqual([join(folder, 'config.json'), join(folder, '.gitignore')]);
  expect(kept).toEqual([]);
  expect(await readConfig(folder)).toEqual(defaultConfig);
});

test('a configuration that is there is never overwritten', async () => {
  await writeFile(join(folder, 'config.json'), '{ "operator": "ada" }');
  const { kept } = writeDefaultConfig(folder);
  expect(kept).toEqual([join(folder, 'config.json')]);
  expect(await readFile(join(folder, 'config.json'), 'utf8')).toBe('{ "operator": "ada" }');
});

test('a file in place of the folder is a refusal of the store', async () => {
  await writeFile(join(folder, 'file'), '');
  expect(() => writeDefaultConfig(join(folder, 'file'))).toThrow(StoreError);
});

test("the example in this repository is what 'fed init' writes", async () => {
  const example = join(import.meta.dirname, '../../.federation');
  expect(await readFile(join(example, 'config.json'), 'utf8')).toBe(renderDefaultConfig());
  expect(await readConfig(example)).toEqual(defaultConfig);
});

function faultOfRules(...rules: readonly object[]): string {
  return faultOf(`{\n"scheduling": {\n"rules": [\n${rules.map((rule) => JSON.stringify(rule)).join(',\n')}\n]}}`);
}
const testing = { type: 'testing', description: 'Test {task_id}' };

test.each([
  [
    { name: 'a', when: { type: 'implementtion' }, then: testing },
    'config.json:4: scheduling.rules[0].when.type: Expected a type that some agent does',
  ],
  [
    { name: 'a', when: { agent: 'nobody' }, then: testing },
    'config.json:4: scheduling.rules[0].when.agent: Expected one of claude, copilot, kimi, kimi-ide, ollama, reuben, got "nobody"',
  ],
  [
    { name: 'a', when: {}, then: { ...testing, to_agent: 'nobody' } },
    'config.json:4: scheduling.rules[0].then.to_agent: Expected auto or one of claude',
  ],
  [
    { name: 'a', when: { type: 'research' }, then: { ...testing, type: 'sculpture' } },
    'config.json:4: scheduling.rules[0].then.type: Expected a type that some agent does',
  ],
  [
    { name: 'a', when: { type: 'research' }, then: { ...testing, description: 'Test {task} now' } },
    'config.json:4: scheduling.rules[0].then.description: Unknown placeholder {task}; available: {task_id}, {type}, {summary}, {artifact}, {description}, {agent}',
  ],
  [
    { name: 'a', when: { outcome: 'failed' }, then: { ...testing, depends: true } },
    'config.json:4: scheduling.rules[0].then.depends: Expected false after the outcome failed',
  ],
  [{ name: 'a', when: { type: 'testing' }, then: testing }, 'config.json:4: scheduling.rules[0]: Endless rules: a → a'],
  [{ name: 'a', when: {}, then: testing }, 'config.json:4: scheduling.rules[0]: Endless rules: a → a'],
])('a faulty rule is named with file, line and key: %#', (rule, fault) => {
  expect(faultOfRules(rule)).toContain(fault);
});

test('what looks like a placeholder and is none is refused, other braces are text', () => {
  const described = (description: string) =>
    faultOfRules({ name: 'a', when: { type: 'research' }, then: { ...testing, description } });
  for (const mistaken of ['{task-id}', '{ summary }', '{}', '{Zusammenfassung größer}', '{task_id }']) {
    expect(described(`Test ${mistaken} now`)).toContain(`Unknown placeholder ${mistaken}`);
  }
  for (const text of ['{"a": 1}', '{"task": "{task_id}"}', '{{summary}}', '${x.y}', '{ ... }']) {
    expect(described(`Send ${text}`)).toBe('no fault');
  }
});

test('rules that go on with an artifact and without one are a circle together', () => {
  const again = { ...testing, type: 'research' };
  const named = { name: 'with', when: { type: 'research', artifact: true }, then: again };
  const none = { name: 'without', when: { type: 'research', artifact: false }, then: again };
  expect(faultOfRules(named, none)).toMatch(/rules\[0\]: .* with → with/);
  expect(faultOfRules(named)).toBe('no fault');
  expect(faultOfRules(none)).toBe('no fault');
  expect(faultOfRules(named, { ...none, when: { ...none.when, artifact: '.md' } })).toBe('no fault');
  const aside = { ...none, then: testing };
  expect(faultOfRules(named, aside)).toBe('no fault');
  const back = { name: 'back', when: { type: 'testing' }, then: again };
  expect(faultOfRules(named, aside, back)).toContain('Endless rules');
});

test('a circle of rules is named, and a name given twice', () => {
  const there = { name: 'there', when: { type: 'implementation' }, then: testing };
  const back = { name: 'back', when: { type: 'testing' }, then: { ...testing, type: 'implementation' } };
  expect(faultOfRules({ ...there, name: 'other', when: { type: 'research' } }, there, back)).toMatch(
    /config\.json:6: scheduling\.rules\[2\]: .* back → there → back/,
  );
  expect(faultOfRules(there, there)).toContain('config.json:5: scheduling.rules[1].name: Two rules are named');
});

test('a loop with a way out is allowed: by a verdict, a failure, an artifact or the choice of an agent', () => {
  const ways = [
    { outcome: 'rework', type: 'testing' },
    { outcome: 'failed', type: 'testing' },
    { artifact: true, type: 'testing' },
    { agent: 'copilot', type: 'testing' },
  ];
  for (const when of ways) expect(faultOfRules({ name: 'a', when, then: testing })).toBe('no fault');
  const fixed = { ...testing, to_agent: 'copilot' };
  expect(faultOfRules({ name: 'a', when: { agent: 'copilot' }, then: fixed })).toContain('a → a');
});
