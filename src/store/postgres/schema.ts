/**
 * The tables, as numbered migrations: a migration that has been released is never edited; what changes is a further one.
 *
 * federations   one row for each federation of the database
 * records       the chain: `line` is the record as the journal has it, byte for byte, with its hash
 * checkpoints   folded states, in parts of at most 500 records
 * sessions      who is alive. Not logged: after a crash of the server everybody says again that they are
 * documents     what else processes share: tokens, the webhook's outbox
 */
export const schemaName = 'federation_mcp';

export interface Migration {
  readonly number: number;
  readonly about: string;
  readonly sql: string;
}

export const migrations: readonly Migration[] = [
  {
    number: 1,
    about: 'the first tables',
    sql: `
      create table federation_mcp.federations (
        id integer generated always as identity primary key,
        name text not null unique,
        created_at timestamptz not null default now()
      );

      create table federation_mcp.records (
        federation integer not null references federation_mcp.federations (id) on delete cascade,
        seq bigint not null,
        hash text not null,
        line text not null,
        primary key (federation, seq)
      );

      create table federation_mcp.checkpoints (
        id bigint generated always as identity primary key,
        federation integer not null references federation_mcp.federations (id) on delete cascade,
        form integer not null,
        program text not null,
        seq bigint not null,
        hash text not null,
        sections text[] not null,
        digest text not null,
        bytes bigint not null,
        written_at timestamptz not null default now()
      );
      create index on federation_mcp.checkpoints (federation, form, program, seq);

      create table federation_mcp.checkpoint_parts (
        checkpoint bigint not null references federation_mcp.checkpoints (id) on delete cascade,
        number integer not null,
        section text not null,
        content text not null,
        primary key (checkpoint, number)
      );

      create unlogged table federation_mcp.sessions (
        federation integer not null,
        session text not null,
        process text not null,
        agent text not null,
        client text,
        counter bigint not null,
        ended boolean not null,
        primary key (federation, session)
      );

      create table federation_mcp.documents (
        federation integer not null references federation_mcp.federations (id) on delete cascade,
        name text not null,
        version bigint not null,
        content text not null,
        primary key (federation, name)
      );`,
  },
];

/** What this program reads and writes. */
export const schemaNumber = migrations.length;
