import { schemaName } from './schema.ts';

/** All that a role needs to use federations, and nothing more: it adds records and can change none. Checked by the tests. */
export function grants(role: string): string {
  return `grant usage on schema ${schemaName} to ${role};
grant select on all tables in schema ${schemaName} to ${role};
grant insert on ${schemaName}.records to ${role};
grant insert, update, delete on ${schemaName}.checkpoints, ${schemaName}.checkpoint_parts,
  ${schemaName}.sessions, ${schemaName}.documents to ${role};`;
}
