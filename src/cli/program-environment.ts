import type { Federation } from '../federation.ts';
import type { Host } from './host.ts';

/** By which one gets into the database that the federation is in. */
const withheld = ['FEDERATION_STORE', 'PGPASSWORD', 'PGPASSFILE', 'PGSERVICEFILE', 'PGSSLKEY'];

/** What the programs of agents, checks and set-ups may be given: never the way into the federation's database. */
export function programEnvironment(
  { documents }: Pick<Federation, 'documents'>,
  environment: Host['environment'],
): Host['environment'] {
  if (documents === null) return environment;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !withheld.includes(name)));
}
