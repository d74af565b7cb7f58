/** What goes wrong with a database and the way to it: nothing is lost, and what is said names what to do. */
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Address, addressOf } from '../../src/store/postgres/address.ts';
import { Database } from '../../src/store/postgres/database.ts';
import { migrate } from '../../src/store/postgres/migrate.ts';
import { PostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { migrations } from '../../src/store/postgres/schema.ts';
import { CutOff } from '../support/cut-off.ts';
import { PostgresServer, runSql } from '../support/postgres-server.ts';
import { TestDatabase, testDatabase } from '../support/shared-postgres.ts';
import { append, commit, draftOf, newsOf, sampleForm, textsOf } from '../support/store-samples.ts';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});

let count = 0;
const freshName = (): string => `faults-${++count}`;

async function open(address: Address, patienceMs?: number): Promise<PostgresStore> {
  const store = new PostgresStore({ address, create: true, patienceMs });
  onTestFinished(() => store.close());
  await store.open(sampleForm);
  return store;
}

/** Another database on the same server: what is done to it concerns no other test. */
async function ownDatabase(): Promise<TestDatabase> {
  const name = `own_${database.name}_${++count}`;
  await database.run(`create database ${name}`);
  return new TestDatabase(name, database.port);
}

async function textsThere(address: Address): Promise<string[]> {
  return textsOf(await newsOf(await open(address)));
}

describe('a connection that is lost while committing', () => {
  async function cutOff(name: string, patienceMs?: number) {
    const way = await CutOff.to(database.port);
    onTestFinished(() => way.close());
    const address = database.address(name);
    const store = await open({ ...address, port: way.port }, patienceMs);
    await commit(store, 'before');
    return { way, address, store };
  }

  it.each(['lose-request', 'lose-answer'] as const)(
    'is asked about until it is known what was committed, which is there once (%s)',
    async (where) => {
      const { way, address, store } = await cutOff(freshName());
      let cuts = 0;
      way.onSent = (bytes) => (bytes.includes('in the middle') && cuts++ < 2 ? where : 'pass');
      const verdict = await append(store, draftOf('in the middle'));
      expect(verdict).toMatchObject({ committed: { seq: 2 } });
      expect(cuts).toBeGreaterThan(1);
      expect(await textsThere(address)).toEqual(['before', 'in the middle']);
      expect(textsOf([await commit(store, 'after')])).toEqual(['after']);
    },
  );

  it('is a lost race where another process took the place meanwhile', async () => {
    const { way, address, store } = await cutOff(freshName());
    const other = await open(address);
    await newsOf(other);
    way.onSent = (bytes) => (bytes.includes('too late') ? 'lose-request' : 'pass');
    const promised = store.append(draftOf('too late'));
    await commit(other, 'faster');
    way.onSent = () => 'pass';
    expect(await promised).toBe('conflict');
    expect(await textsThere(address)).toEqual(['before', 'faster']);
  });

  it('is in doubt where it does not come back, and read later if it was committed', async () => {
    const { way, store } = await cutOff(freshName(), 100);
    way.onSent = (bytes) => {
      if (!bytes.includes('in doubt')) return 'pass';
      setTimeout(() => way.cut(), 0);
      return 'lose-answer';
    };
    await expect(append(store, draftOf('in doubt'))).rejects.toMatchObject({
      code: 'outcome-unknown',
      message: expect.stringContaining('was lost while committing'),
    });
    await expect(newsOf(store)).rejects.toMatchObject({ code: 'store-unavailable' });
    way.onSent = () => 'pass';
    way.mend();
    expect(textsOf(await newsOf(store))).toEqual(['in doubt']);
    await commit(store, 'goes on');
  });
});

it('goes on after the server was restarted, and after it crashed, with everything that was acknowledged', async () => {
  const server = await PostgresServer.start();
  onTestFinished(() => server.dispose());
  const address = new TestDatabase('postgres', server.port).address();
  const store = await open(address);
  store.presence.start('kimi-1', 'kimi', null);
  let news = 0;
  store.watch(() => news++);
  await commit(store, 'first');
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    const [ended, committing] = [server.end(signal), commit(store, signal)];
    await ended;
    await server.begin();
    await committing;
  }
  expect(await textsThere(address)).toEqual(['first', 'SIGINT', 'SIGQUIT']);
  // It listens again.
  const other = await open(address);
  const before = news;
  await commit(other, 'heard');
  await expect.poll(() => news).toBeGreaterThan(before);
});

it('reads on where the database has become read-only, as a standby that took over, and says why it does not write', async () => {
  const own = await ownDatabase();
  const store = await open(own.address());
  await commit(store, 'heard');
  await own.run(`alter database ${own.name} set default_transaction_read_only = on`);
  await own.endConnections();
  await expect(commit(store, 'refused')).rejects.toMatchObject({
    code: 'store-unavailable',
    message: 'Could not commit: the database is read-only.',
    next: expect.stringContaining('FEDERATION_STORE'),
  });
  expect(textsOf(await store.tail(1))).toEqual(['heard']);
  await database.run(`alter database ${own.name} set default_transaction_read_only = off`);
  await own.endConnections();
  await commit(store, 'writable again');
});

describe('the tables', () => {
  it('are left as they were by a migration that fails', async () => {
    const own = await ownDatabase();
    await open(own.address());
    const connections = new Database(own.address());
    onTestFinished(() => connections.close());
    const bad = [
      ...migrations,
      { number: 2, about: 'a good half', sql: 'create table federation_mcp.half (id integer)' },
      { number: 3, about: 'a bad half', sql: 'create table federation_mcp.records (id integer)' },
    ];
    await expect(migrate(connections, bad)).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringMatching(
        /to version 3 \(a bad half\): relation "records" already exists\. Nothing was changed/,
      ),
    });
    expect(await own.run('select number from federation_mcp.schema_number')).toEqual([{ number: 1 }]);
    expect(await own.run(`select to_regclass('federation_mcp.half') as half`)).toEqual([{ half: null }]);
    await commit(await open(own.address()), 'still works');
  });

  it('are made once where many begin at the same time', async () => {
    const own = await ownDatabase();
    const stores = await Promise.all(Array.from({ length: 5 }, () => open(own.address())));
    for (const [index, store] of stores.entries()) await commit(store, String(index));
    expect(await textsThere(own.address())).toEqual(['0', '1', '2', '3', '4']);
  });

  it('of a newer program stop an older one, when it is started and while it runs', async () => {
    const own = await ownDatabase();
    const store = await open(own.address());
    await commit(store, 'by both');
    const promised = newsOf(store).then(async () => {
      await own.run('update federation_mcp.schema_number set number = 2');
      return await append(store, draftOf('by the older one'));
    });
    // The insert itself looks at the number: nothing is written between two looks.
    expect(await promised).toBe('conflict');
    await newsOf(store);
    expect(store.fault).toMatchObject({
      message: expect.stringContaining('tables of version 2'),
      code: 'store-unavailable',
    });
    await expect(open(own.address())).rejects.toMatchObject({ next: expect.stringContaining('Update federation-mcp') });
    expect(await own.run('select seq from federation_mcp.records')).toHaveLength(1);
  });
});

describe('what was changed behind our back', () => {
  it('is found: a record that was edited, and one that is gone', async () => {
    const address = database.address(freshName());
    const store = await open(address);
    for (const text of ['a', 'b', 'c']) await commit(store, text);
    const id = `(select id from federation_mcp.federations where name = '${address.federation}')`;
    await database.run(
      `update federation_mcp.records set line = replace(line, '"b"', '"x"') where federation = ${id} and seq = 2`,
    );
    const reader = await open(address);
    expect(textsOf(await newsOf(reader))).toEqual(['a']);
    expect(reader.fault).toMatchObject({ code: 'corrupt-store', message: expect.stringContaining('Record 2') });
    expect(() => reader.append(draftOf('no'))).toThrow('read-only');
    const history = reader.history();
    expect((await history.next()).value).toMatchObject({ seq: 1 });
    await expect(history.next()).rejects.toThrow('not as it was written');

    await database.run(`delete from federation_mcp.records where federation = ${id} and seq = 3`);
    await newsOf(store);
    expect(store.fault).toMatchObject({ code: 'corrupt-store', message: expect.stringContaining('lacks record 3') });
    expect(() => store.append(draftOf('no'))).toThrow('read-only');
  });
});

describe('who may not', () => {
  const refusal = async (address: Address, environment: Record<string, string | undefined> = {}) => {
    const before = process.env['PGPASSWORD'];
    Object.assign(process.env, environment);
    for (const [name, value] of Object.entries(environment)) if (value === undefined) delete process.env[name];
    try {
      const store = new PostgresStore({ address, patienceMs: 300 });
      return await store.open(null).then(
        () => expect.fail('Expected a refusal'),
        (error: unknown) => error,
      );
    } finally {
      process.env['PGPASSWORD'] = before;
    }
  };

  it('is told why, without a password in any of it', async () => {
    const address = database.address(freshName());
    await open(address);
    const wrong = await refusal(address, { PGPASSWORD: 'guessed-password' });
    expect(wrong).toMatchObject({
      code: 'store-unavailable',
      message: expect.stringMatching(
        /^Could not open the database: the password of keeper was refused by PostgreSQL at /,
      ),
      next: expect.stringContaining('PGPASSWORD'),
    });
    expect(JSON.stringify(wrong)).not.toContain('guessed');
    expect(await refusal(address, { PGPASSWORD: undefined, PGPASSFILE: '/nowhere' })).toMatchObject({
      message: expect.stringContaining('asks for a password of keeper, and none is set'),
    });
    expect(await refusal({ ...address, database: 'nosuch' })).toMatchObject({ next: 'Create it: createdb nosuch' });
    expect(await refusal({ ...address, port: 1 })).toMatchObject({
      message: expect.stringContaining('does not answer (ECONNREFUSED)'),
    });
    expect(await refusal({ ...address, ssl: {} })).toMatchObject({ next: expect.stringContaining('sslmode=disable') });
    expect(await refusal({ ...address, federation: 'other' })).toMatchObject({
      message: expect.stringContaining('has no federation "other"; it has "faults-'),
    });
  });

  it('uses a federation with the least that docs/postgresql.md grants, and can change no record', async () => {
    const own = await ownDatabase();
    await open(own.address());
    const role = `member_${own.name}`;
    const { grants } = await import('../../src/store/postgres/grants.ts');
    await own.run(`create role ${role} login password 'not-a-secret'; ${grants(role)}`);
    const address = own.address('trial', role);
    const store = await open(address);
    await commit(store, 'by a member');
    await store.checkpoint('idle', () => ({ position: store.position, sections: { some: [1] } }));
    store.presence.start('s', 'kimi', null);
    await store.presence.observe();
    await store.documents('tokens').change(() => 'kept');
    const asMember = (sql: string) => runSql(own.port, own.name, sql, role);
    for (const sql of [
      'delete from federation_mcp.records',
      `update federation_mcp.records set line = ''`,
      'truncate federation_mcp.records',
      'update federation_mcp.schema_number set number = 7',
      'create table federation_mcp.mine (id integer)',
    ]) {
      await expect(asMember(sql)).rejects.toThrow(/permission denied/);
    }
    expect((await open(address)).position.seq).toBe(1);
    // Where the tables are not there yet, it may not make them.
    const empty = await ownDatabase();
    expect(await refusal(empty.address('trial', role))).toMatchObject({
      message: expect.stringContaining('permission denied'),
      next: expect.stringContaining('a role that owns the tables'),
    });
  });

  it('is refused an encoding that cannot hold every text', async () => {
    const name = `ascii_${database.name}`;
    await database.run(`create database ${name} encoding 'SQL_ASCII' template template0 lc_collate 'C' lc_ctype 'C'`);
    expect(await refusal(new TestDatabase(name, database.port).address())).toMatchObject({
      message: 'The database has the encoding SQL_ASCII, which cannot hold every text.',
    });
  });
});

describe('the URL', () => {
  const refused = (text: string, environment = {}) => {
    try {
      addressOf(text, 'shop', environment);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    return 'accepted';
  };

  it('never holds a password', () => {
    for (const url of [
      'postgres://fed:hidden@db.example/team',
      'postgres://db.example/team?password=hidden',
      'postgres://fed:hidden@db.example:port/team',
      'mysql://fed:hidden@db.example/team',
    ]) {
      expect(refused(url)).not.toBe('accepted');
      expect(refused(url)).not.toContain('hidden');
    }
  });

  it('names the federation, or the project does; what it leaves out comes from the usual variables', () => {
    expect(addressOf('postgres://fed@db.example/team', 'my shop', {})).toMatchObject({
      host: 'db.example',
      port: 5432,
      user: 'fed',
      database: 'team',
      federation: 'my-shop',
      shown: 'postgres://fed@db.example:5432/team?federation=my-shop',
    });
    const environment = { PGHOST: 'h', PGPORT: '6', PGUSER: 'u', PGDATABASE: 'd', PGSSLMODE: 'require' };
    expect(addressOf('postgres://?federation=f', 'x', environment)).toMatchObject({
      host: 'h',
      port: 6,
      user: 'u',
      database: 'd',
      federation: 'f',
      ssl: { rejectUnauthorized: false },
    });
  });

  it('is encrypted and verified anywhere but on this machine, unless it says otherwise', () => {
    const ssl = (url: string) => addressOf(url, 'shop', {}).ssl;
    expect(ssl('postgres://127.0.0.1/team')).toBe(false);
    expect(ssl('postgres://db.example/team')).toEqual({ rejectUnauthorized: true });
    expect(ssl('postgres://db.example/team?sslmode=disable')).toBe(false);
    expect(refused('postgres://db.example/team?sslmode=prefer')).toContain('does not say whether');
    expect(refused('postgres://db.example/team?sslrootcert=/nowhere.pem')).toContain('Cannot read /nowhere.pem');
    expect(refused('postgres://db.example/team?ssl=true')).toContain('"ssl", which is unknown');
  });
});
