/**
 * A real PostgreSQL server in a temporary folder, on a loopback port, as an unprivileged user. Passwords are asked for, and
 * what is acknowledged is synced, as by default.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';

export const owner = 'keeper';
export const ownersPassword = 'not-a-secret';

/** Where `postgres` and `initdb` are; null: nowhere. */
export function postgresBinaries(): string | null {
  const onPath = (process.env['PATH'] ?? '').split(delimiter);
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [...onPath, ...versions.map((version) => join(debian, version, 'bin'))];
  return folders.find((folder) => ['postgres', 'initdb'].every((name) => existsSync(join(folder, name)))) ?? null;
}

/** The server refuses to run as root. */
function unprivileged(): { uid: number; gid: number } | Record<string, never> {
  if (process.getuid?.() !== 0) return {};
  for (const user of ['postgres', 'nobody']) {
    try {
      const idOf = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: 'pipe' }));
      return { uid: idOf('-u'), gid: idOf('-g') };
    } catch {
      // Not on this machine.
    }
  }
  throw new Error('Expected a user postgres or nobody to run the server as');
}

export class PostgresServer {
  readonly folder: string;
  readonly port: number;
  readonly #settings: readonly string[];
  #server: ChildProcess | null = null;
  #guard: ChildProcess | null = null;

  private constructor(folder: string, port: number, settings: readonly string[]) {
    this.folder = folder;
    this.port = port;
    this.#settings = settings;
  }

  static async start(settings: readonly string[] = [], within: string = tmpdir()): Promise<PostgresServer> {
    const folder = mkdtempSync(join(within, 'fed-postgres-'));
    chmodSync(folder, 0o755);
    const server = new PostgresServer(folder, await freePort(), settings);
    server.#initialise();
    await server.begin();
    return server;
  }

  get #data(): string {
    return join(this.folder, 'data');
  }

  get pid(): number {
    return this.#server?.pid ?? 0;
  }

  #initialise(): void {
    const user = unprivileged();
    const passwordFile = join(this.folder, 'password');
    writeFileSync(passwordFile, ownersPassword);
    mkdirSync(this.#data, { mode: 0o700 });
    if ('uid' in user) for (const path of [this.#data, passwordFile]) chownSync(path, user.uid, user.gid);
    const args = ['-D', this.#data, '-U', owner, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8'];
    execFileSync(join(binaries(), 'initdb'), [...args, '--locale=C', '--no-sync', '--no-instructions'], {
      ...user,
      cwd: this.folder,
      stdio: 'pipe',
    });
  }

  /** Starts it (again), and waits until it answers. */
  async begin(further: readonly string[] = []): Promise<void> {
    const args = ['-D', this.#data, '-p', String(this.port)];
    const settings = ['listen_addresses=127.0.0.1,127.0.0.2,127.0.0.3', 'unix_socket_directories=', ...this.#settings];
    for (const setting of [...settings, ...further]) args.push('-c', setting);
    const server = spawn(join(binaries(), 'postgres'), args, {
      ...unprivileged(),
      cwd: this.folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#server = server;
    this.#guard = guardOf(server, this.folder);
    let said = '';
    server.stderr.on('data', (data) => {
      said = `${said}${data}`.slice(-4_000);
    });
    // The tests end when they are done, whether or not they stopped it.
    server.unref();
    const until = performance.now() + 30_000;
    for (;;) {
      if (server.exitCode !== null) throw new Error(`The server ended: ${said}`);
      if (await this.#answers()) break;
      if (performance.now() > until) throw new Error(`The server does not answer: ${said}`);
      await sleep(20);
    }
  }

  async #answers(): Promise<boolean> {
    try {
      await runSql(this.port, 'postgres', 'select 1');
      return true;
    } catch {
      return false;
    }
  }

  /** `SIGINT`: connections are ended first. `SIGQUIT`: as after a loss of power, without the machine. */
  async end(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.#guard?.kill();
    this.#guard = null;
    if (server === null || server.exitCode !== null) return;
    const ended = once(server, 'exit');
    server.ref();
    server.kill(signal);
    await ended;
  }

  async dispose(): Promise<void> {
    await this.end('SIGQUIT');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/**
 * Ends the server when this process has ended, however that came about: its end of the pipe is closed then. A run of tests
 * that is interrupted tears nothing down.
 */
function guardOf({ pid = 0 }: ChildProcess, folder: string): ChildProcess {
  const script = 'cat > /dev/null; kill -QUIT "$1"; rm -rf "$2"';
  const guard = spawn('sh', ['-c', script, 'guard', String(pid), folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // Ctrl-C is meant for the tests.
    detached: true,
  });
  guard.unref();
  return guard;
}

function binaries(): string {
  const folder = postgresBinaries();
  if (folder === null) throw new Error('Expected PostgreSQL on this machine: apt-get install postgresql');
  return folder;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('Expected a port');
  return address.port;
}

/** As the owner, who may do everything, unless another one is named; all have one password. */
export async function runSql(
  port: number,
  database: string,
  sql: string,
  user: string = owner,
): Promise<Record<string, unknown>[]> {
  const client = new Client({ host: '127.0.0.1', port, user, password: ownersPassword, database });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows;
  } finally {
    await client.end();
  }
}
