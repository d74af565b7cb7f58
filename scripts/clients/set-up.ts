/**
 * Clients that `fed init --client` connected, started by a person and not by `fed work`: each lists our server, is
 * recognised as its agent, claims the task that is addressed to it and completes it.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { workOnWhatIsReady } from './model-api.ts';

const run = promisify(execFile);

export interface SetUpClient {
  readonly name: string;
  readonly program: string;
  /** What starts it for one prompt, without a person. */
  readonly ask: (prompt: string) => readonly string[];
  /** What lists its servers, and how ours looks there. Null: it has no such command. */
  readonly list: { readonly words: readonly string[]; readonly shows: RegExp } | null;
  /** In the user's home: its model, and what a person answers who is asked whether to trust the project. */
  readonly files: (project: string) => Readonly<Record<string, string>>;
}

export interface SetUp {
  /** Where its folders are made. */
  readonly home: string;
  readonly fed: string;
  readonly environment: (folder: string) => Readonly<Record<string, string>>;
}

/** All of them in one project, at the same time. Gives what is not as it should be; empty: all of it is. */
export async function trySetUp(clients: readonly SetUpClient[], given: SetUp): Promise<readonly string[]> {
  const root = mkdtempSync(join(given.home, 'set-up-'));
  try {
    return await trySetUpIn(root, clients, given);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function trySetUpIn(
  root: string,
  clients: readonly SetUpClient[],
  { fed, environment }: SetUp,
): Promise<readonly string[]> {
  const project = join(root, 'Ein Projekt für alle');
  mkdirSync(project);
  const env = environment(root);
  for (const [name, text] of clients.flatMap(({ files }) => Object.entries(files(project)))) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  const call = async (program: string, words: readonly string[]): Promise<string> => {
    const child = run(program, words, { cwd: project, env, timeout: 120_000, maxBuffer: 16 * 1024 * 1024 });
    // Some wait for the end of their input.
    child.child.stdin?.end();
    try {
      const { stdout, stderr } = await child;
      return `${stdout}${stderr}`;
    } catch (error) {
      return `${program} ${words.join(' ')}: ${error instanceof Error ? error.message : String(error)}`;
    }
  };
  const asUser = (...words: readonly string[]): Promise<string> =>
    call(process.execPath, [fed, ...words, '--as', 'reuben']);
  const names = clients.map(({ name }) => name);
  const said = [await asUser('init', '--client', names.join(','))];
  for (const name of names) said.push(await asUser('queue', 'add', `Do the work of ${name}`, '--to', name));
  const faults: string[] = [];
  for (const { program, list, name } of clients) {
    if (list === null) continue;
    const listed = await call(program, list.words);
    if (!list.shows.test(listed)) faults.push(`${name} does not list our server:\n${listed}`);
  }
  said.push(...(await Promise.all(clients.map(({ program, ask }) => call(program, ask(workOnWhatIsReady))))));
  const tasks = await asUser('queue', 'list', '--status', 'completed');
  said.push(tasks);
  for (const name of names) {
    if (!tasks.includes(`Do the work of ${name}\n`)) faults.push(`${name} did not complete its task`);
  }
  await asUser('init', '--client', names.join(','), '--remove');
  for (const { program, list, name } of clients) {
    if (list === null) continue;
    const listed = await call(program, list.words);
    if (list.shows.test(listed)) faults.push(`${name} lists our server after --remove:\n${listed}`);
  }
  return faults.length === 0 ? [] : [...faults, ...said];
}
