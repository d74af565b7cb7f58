/** Signatures, as receivers check them: by the reference library of Standard Webhooks, and by what our page shows. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { signature, signingWith } from '../../src/webhook/signature.ts';

const id = '3f0c9a1b2d4e5f60-inbox-2026-02-06-001';
const inTime = Math.floor(Date.now() / 1_000);

/** The headers of a delivery, signed with `secret` as this process would. */
function headersOf(body: string, secret: string, timestamp = inTime): Record<string, string> {
  const signing = signingWith('SECRET', { SECRET: secret });
  if ('problem' in signing || signing.key === null) throw new Error(`Expected a key, got ${JSON.stringify(signing)}`);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signature({ id, timestamp, body }, signing.key),
  };
}

const standardSecret = fc
  .uint8Array({ minLength: 24, maxLength: 64 })
  .map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`);
const ownSecret = fc.stringMatching(/^[ -~]{1,80}$/).filter((text) => !text.startsWith('whsec_'));
const body = fc.json();

describe('the reference library', () => {
  it('takes what was signed with a secret in the form of the standard', () => {
    fc.assert(
      fc.property(standardSecret, body, (secret, text) => {
        expect(new Webhook(secret).verify(text, headersOf(text, secret))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('takes what was signed with any other secret, used as it stands', () => {
    fc.assert(
      fc.property(ownSecret, body, (secret, text) => {
        const receiver = new Webhook(secret, { format: 'raw' });
        expect(receiver.verify(text, headersOf(text, secret))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('refuses another body, another secret and an old delivery', () => {
    const [secret, other] = [`whsec_${'A'.repeat(32)}`, `whsec_${'B'.repeat(32)}`];
    const headers = headersOf('{"a":1}', secret);
    expect(() => new Webhook(secret).verify('{"a":2}', headers)).toThrow('No matching signature');
    expect(() => new Webhook(other).verify('{"a":1}', headers)).toThrow('No matching signature');
    const old = headersOf('{"a":1}', secret, inTime - 600);
    expect(() => new Webhook(secret).verify('{"a":1}', old)).toThrow('too old');
  });
});

describe('what docs/webhook.md shows', () => {
  async function shown(): Promise<(headers: unknown, body: string, secret: string) => unknown> {
    const page = await readFile(join(import.meta.dirname, '../../docs/webhook.md'), 'utf8');
    const code = [...page.matchAll(/```js\n(.*?)```/gs)]
      .map(([, text]) => text)
      .find((text) => text?.includes('isGenuine'));
    const module = await import(`data:text/javascript,${encodeURIComponent(`${code}\nexport { isGenuine };`)}`);
    return module.isGenuine;
  }

  it('tells genuine deliveries from others', async () => {
    const isGenuine = await shown();
    for (const secret of [
      `whsec_${Buffer.from('24 bytes at the very least').toString('base64')}`,
      'open sesame',
      'sésame',
    ]) {
      const headers = headersOf('{"a":"ü"}', secret);
      expect(isGenuine(headers, '{"a":"ü"}', secret)).toBe(true);
      expect(isGenuine(headers, '{"a":"u"}', secret)).toBe(false);
      expect(isGenuine(headers, '{"a":"ü"}', 'another')).toBe(false);
      expect(isGenuine(headersOf('{"a":"ü"}', secret, inTime - 301), '{"a":"ü"}', secret)).toBe(false);
      expect(isGenuine({ 'webhook-id': id }, '{"a":"ü"}', secret)).toBe(false);
    }
  });
});

describe('a process', () => {
  it('signs nothing where no secret is wanted', () => {
    expect(signingWith(undefined, {})).toEqual({ key: null });
  });

  it.each(['', undefined])('cannot sign while the variable is %j', (SECRET) => {
    expect(signingWith('SECRET', { SECRET })).toEqual({ problem: 'the variable SECRET is not set' });
  });

  it.each(['whsec_', 'whsec_open sesame', 'whsec_*', 'whsec_QUJD=', 'whsec_QUI'])(
    'cannot sign with %s, whose key others could guess or would read in another way',
    (SECRET) => {
      const problem = 'the variable SECRET is not base64 after whsec_';
      expect(signingWith('SECRET', { SECRET })).toEqual({ problem });
    },
  );
});
