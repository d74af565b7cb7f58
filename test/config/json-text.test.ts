import { expect, it } from 'vitest';
import { jsonText } from '../../src/config/json-text.ts';

const entry = { command: 'x', args: ['a', 'b'] };

it.each([
  '{ "servers": { "a": 1 } }',
  '{"servers":{"a":1},}',
  '{\n  "servers": {\n    "a": 1,\n    "b": { "c": 2 }, // about b\n  },\n}\n',
  '{\n  "servers": {\n    "a": 1 /* one */ // two\n    // behind\n  }\n}\n',
  '// head\n{\r\n\t"servers": {\r\n\t\t"a": "// no comment, }"\r\n\t}\r\n}\r\n// tail',
  '{\n  "servers": {\n    "a": 1\n    , "b": 2\n  }\n}',
])('an entry goes into %j and comes out without a trace', (text) => {
  const path = ['servers', 'federation'];
  const after = jsonText.set(text, path, entry);
  const servers = new Map(Object.entries(Object(new Map(Object.entries(Object(jsonText.read(after)))).get('servers'))));
  expect(servers.get('federation')).toEqual(entry);
  expect(jsonText.remove(after, path)).toBe(text);
});

it.each(['', '{}', '{\n  // only a comment\n}\n', '{ "theme": 1 }', '{\n  "theme": 1\n}\n', '{"servers": {}}'])(
  'what leads to an entry is made in %j',
  (text) => {
    const after = jsonText.set(text, ['servers', 'federation'], entry);
    expect(jsonText.read(after)).toMatchObject({ servers: { federation: entry } });
    if (text.includes('//')) expect(after).toContain('// only a comment');
  },
);

it('an entry between others is taken out with its own line alone', () => {
  const text = '{\n  "servers": {\n    "a": 1, // one\n    "federation": {},\n    "b": 2\n  }\n}\n';
  expect(jsonText.remove(text, ['servers', 'federation'])).toBe(
    '{\n  "servers": {\n    "a": 1, // one\n    "b": 2\n  }\n}\n',
  );
  expect(jsonText.remove('{"a": {"federation": {}, "b": 2}}', ['a', 'federation'])).toBe('{"a": {"b": 2}}');
});

it('one key of an entry is changed and its neighbours stay as they are written', () => {
  const text = '{\n  "f": {\n    "command": "old", // mine\n    "env": {"A":"1"}\n  }\n}\n';
  expect(jsonText.set(text, ['f', 'command'], 'new')).toBe(text.replace('old', 'new'));
});
