import { expect, test } from 'vitest';
import { z } from 'zod';
import { TokenFile } from '../../src/tokens/token-file.ts';
import { makeProject } from '../support/project.ts';
import { runWith } from '../support/run-fed.ts';

const made = z.object({ token: z.string(), id: z.string(), name: z.string(), read_only: z.boolean() });

test('a person makes, lists and revokes tokens; the secret is shown once', async () => {
  const { folder, dir } = makeProject();
  const fed = (...args: readonly string[]) => runWith(folder, ['--as', 'reuben', ...args]);
  const { out } = await fed('token', 'add', '--agent', 'kimi', '--expires', '30d', '--read-only', '--json');
  const { token, id } = made.parse(JSON.parse(out));
  expect(new TokenFile(dir).find(token, 'bearer')).toMatchObject({ name: 'kimi', read_only: true });

  const listed = await fed('token', 'list');
  expect(listed.out).toContain(id);
  expect(listed.out).not.toContain(token);
  expect((await fed('token', 'revoke', id)).out).toBe(`revoked ${id} (kimi)\n`);
  expect(new TokenFile(dir).find(token, 'bearer')).toBeNull();
  expect((await fed('token', 'list')).out).toContain('No tokens.');
});

test.each([
  [['token', 'add', '--agent', 'kimi'], 'kimi', 'Tokens are for people'],
  [['token', 'list'], 'kimi', 'Tokens are for people'],
  [['token', 'revoke', 'fed_12345678'], 'kimi', 'Tokens are for people'],
  [['token', 'add', '--agent', 'nobody'], 'reuben', '"nobody" is not an agent or person'],
  [['token', 'add', '--agent', 'kimi', '--expires', '2020-01-01'], 'reuben', '--expires: 2020-01-01'],
  [['token', 'revoke', 'fed_12345678'], 'reuben', 'No token begins with'],
])('%s by %s is refused: %s', async (args, as, message) => {
  const { folder } = makeProject();
  const { code, err } = await runWith(folder, ['--as', as, ...args]);
  expect(code).not.toBe(0);
  expect(err).toContain(message);
});
