import { expect, it } from 'vitest';
import { allowedFolders, setting } from '../../src/config/settings.ts';

it('takes an empty setting and a placeholder that was not filled in as unset', () => {
  expect([undefined, '', ' ', '${FEDERATION_AGENT}', '${X:-}'].map(setting)).toEqual([null, null, null, null, null]);
  expect(setting(' kimi ')).toBe('kimi');
});

it('allows the folders that the user lists, each a whole path', () => {
  expect(allowedFolders({})).toEqual([]);
  expect(allowedFolders({ HOME: '/home/me', FEDERATION_ALLOW: '~/notes:/srv/shared:' })).toEqual([
    '/home/me/notes',
    '/srv/shared',
  ]);
  expect(() => allowedFolders({ FEDERATION_ALLOW: 'notes' })).toThrow('FEDERATION_ALLOW names "notes"');
  expect(() => allowedFolders({ FEDERATION_ALLOW: '$HOME/notes' })).toThrow('"$HOME" was not filled in');
});
