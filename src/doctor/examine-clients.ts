/** The configurations of clients, as far as they start our server: whether what they start is there. */
import type { Surroundings } from '../clients/client.ts';
import { faultIn, serverEntries } from '../clients/server-entries.ts';
import type { Finding } from '../cli/host.ts';
import { homeOf } from '../config/settings.ts';
import { plural } from '../domain/phrases.ts';
import { realPlace } from '../files/within.ts';
import { ok, warning } from './finding.ts';
import type { Machine } from './machine.ts';

export function examineClients(projectDir: string, { environment }: Machine): Finding[] {
  const project = realPlace(projectDir);
  const around: Surroundings = { project, home: homeOf(environment), environment, platform: process.platform };
  const found = serverEntries(around);
  if (found.length === 0) return [];
  const faults = found.flatMap(({ client, file, name, words }) => {
    const fault = faultIn(words, around);
    return fault === null ? [] : [{ client, text: `${file}: "${name}" starts ${fault}` }];
  });
  if (faults.length === 0) return [ok('clients', `${plural(found.length, 'configuration')} of clients, all usable`)];
  const names = [...new Set(faults.map(({ client }) => client))];
  const next = `fed init --client ${names.join(',')} corrects what it wrote itself; correct the rest there.`;
  return [{ ...warning('clients', faults.map(({ text }) => text).join('\n'), next), status: 'problem' }];
}
