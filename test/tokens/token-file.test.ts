import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { fromMillis, hour, minute } from '../../src/domain/time.ts';
import { TokenFile } from '../../src/tokens/token-file.ts';

let folder = '';
let now = Date.parse('2026-02-06T10:00:00Z');
const clock = () => fromMillis(now);
const file = () => new TokenFile(folder, clock);
const asked = { name: 'kimi', created_by: 'reuben', expires_at: null, read_only: false };
const path = () => join(folder, 'private', 'tokens.json');

beforeEach(() => {
  now = Date.parse('2026-02-06T10:00:00Z');
  folder = mkdtempSync(join(tmpdir(), 'federation-tokens-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

describe('a token', () => {
  it('is kept as its hash, in a file that only its owner reads', async () => {
    const { secret, token } = await file().add(asked);
    const text = readFileSync(path(), 'utf8');
    expect(text).not.toContain(secret.slice(token.id.length));
    expect(text).toMatch(/"sha256": "[0-9a-f]{64}"/);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'private')).mode & 0o777).toBe(0o700);
    expect(secret).toMatch(/^fed_[\w-]{43}$/);
    expect(secret.startsWith(token.id)).toBe(true);
  });

  it('is found by its secret alone, in every process, until it is revoked in one of them', async () => {
    const [here, there] = [file(), file()];
    const { secret, token } = await here.add(asked);
    expect(there.find(secret, 'bearer')).toEqual(token);
    expect(there.find(`${secret}x`, 'bearer')).toBeNull();
    expect(there.find(token.id, 'bearer')).toBeNull();
    expect(there.find('', 'bearer')).toBeNull();
    expect(there.find(secret, 'browser')).toBeNull();
    await here.revoke(token.id);
    expect(there.find(secret, 'bearer')).toBeNull();
    expect(there.isValid(token.id)).toBe(false);
  });

  it('ends at its time, and is cleared away with the next change', async () => {
    const tokens = file();
    const { secret } = await tokens.add({ ...asked, expires_at: fromMillis(now + hour) });
    now += hour - 1;
    expect(tokens.find(secret, 'bearer')).not.toBeNull();
    now += 1;
    expect(tokens.find(secret, 'bearer')).toBeNull();
    await tokens.add(asked);
    expect(await tokens.list()).toHaveLength(1);
  });

  it('is listed with its last use, of whichever process, and without its hash', async () => {
    const [here, there] = [file(), file()];
    const { token } = await here.add(asked);
    here.noteUse(token.id);
    expect(await there.list()).toEqual([{ ...token, last_used_at: null }]);
    await here.saveUses();
    expect(await there.list()).toEqual([{ ...token, last_used_at: clock() }]);
  });

  it('is revoked by enough of its beginning to know which', async () => {
    const tokens = file();
    const one = await tokens.add(asked);
    const other = await tokens.add(asked);
    await expect(tokens.revoke('fed_')).rejects.toThrow('2 tokens begin with');
    await expect(tokens.revoke('fed_nobodys')).rejects.toThrow('No token begins with');
    await expect(tokens.revoke('')).rejects.toThrow('No token begins with');
    expect(await tokens.revoke(one.token.id.slice(0, 9))).toEqual([one.token]);
    expect((await tokens.list()).map(({ id }) => id)).toEqual([other.token.id]);
  });

  it('is never lost to another one that is made at the same time', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => file().add(asked)));
    const tokens = file();
    expect(made.every(({ secret }) => tokens.find(secret, 'bearer') !== null)).toBe(true);
  });
});

describe('a browser', () => {
  it('signs in with a token, keeps its rights and its end, and goes when it is revoked', async () => {
    const tokens = file();
    const expires_at = fromMillis(now + hour);
    const { secret, token } = await tokens.add({ ...asked, name: 'reuben', read_only: true, expires_at });
    const browser = await tokens.signIn(secret);
    expect(browser?.token).toMatchObject({ name: 'reuben', kind: 'browser', read_only: true, expires_at });
    expect(tokens.find(browser?.secret ?? '', 'browser')).toEqual(browser?.token);
    expect(tokens.find(browser?.secret ?? '', 'bearer')).toBeNull();
    await tokens.revoke(token.id);
    expect(tokens.find(browser?.secret ?? '', 'browser')).toBeNull();
  });

  it('signs in with a code once, within a minute', async () => {
    const tokens = file();
    const code = await tokens.addCode('reuben');
    expect(await tokens.signIn(code)).toMatchObject({ token: { name: 'reuben', kind: 'browser', parent: null } });
    expect(await tokens.signIn(code)).toBeNull();
    const late = await tokens.addCode('reuben');
    now += minute;
    expect(await tokens.signIn(late)).toBeNull();
  });

  it('of two that come with one code at the same time, one is signed in', async () => {
    const code = await file().addCode('reuben');
    const both = await Promise.all([file().signIn(code), file().signIn(code)]);
    expect(both.filter((made) => made !== null)).toHaveLength(1);
  });
});

it('lets nobody in by a damaged file, and says which', async () => {
  const { secret } = await file().add(asked);
  writeFileSync(path(), '{ "version": 1, "tokens": [');
  expect(() => file().find(secret, 'bearer')).toThrow(/Cannot read .*tokens\.json: it is damaged/);
});
