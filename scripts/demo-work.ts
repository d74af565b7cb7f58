/** The demo's part in which nobody types: `fed work` starts three stand-in agents as work becomes ready for them. */
import { execFile, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { type Answer, recordOf, textOf } from './demo-agent.ts';

const run = promisify(execFile);

interface Teller {
  readonly heading: (text: string) => void;
  readonly say: (text: string) => void;
  /** Runs `fed … --json` as the operator on this federation. */
  readonly fedJson: (dir: string, ...args: string[]) => Promise<Answer>;
}

/** In a project of its own: the rest of the demo's backlog would keep the three busy for long. */
export async function tellWork(root: string, project: string, { heading, say, fedJson }: Teller): Promise<void> {
  heading('Agents that start by themselves');
  const folder = join(project, 'work');
  const dir = join(folder, '.federation');
  await mkdir(dir, { recursive: true });
  const standIn = join(folder, 'stand-in.mjs');
  const entryPoints = [join(root, 'test/programs/stand-in-agent.ts')];
  await build({ entryPoints, outfile: standIn, bundle: true, platform: 'node', format: 'esm' });
  const program = { command: [process.execPath, standIn, 'team', join(root, 'dist/src/main.js')], settle: 'agent' };
  const agents = {
    claude: { types: ['research', 'review'], run: program },
    kimi: { types: ['implementation'], run: program },
    copilot: { types: ['testing'], run: program },
  };
  await makeRepository(folder);
  const checks = { test: { command: [process.execPath, 'witness.test.mjs'], types: ['implementation'] } };
  const land = { target: 'main', when: 'verified' };
  const retries = { first_delay_seconds: 0.5, longest_delay_seconds: 0.5 };
  await writeFile(join(dir, 'config.json'), JSON.stringify({ agents, retries, checks, land }));
  say('A git repository with one check: node witness.test.mjs must pass. Verified work lands on main by itself.');
  say(
    'Three agents have "run" in the configuration; each is a program that starts for one task and ends. fed work runs.',
  );

  const env = { ...process.env, XDG_STATE_HOME: join(folder, 'state') };
  const work = spawn(process.execPath, [join(root, 'dist/src/fed.js'), 'work', '--trust', '--json', '--dir', dir], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const queued = await fedJson(dir, 'queue', 'add', 'Why does the witness loop?', '--type', 'research');
    say(`reuben queues ${idOf(queued)}, a research task, and types nothing more.`);
    const tooLong = setTimeout(() => work.kill('SIGINT'), 60_000);
    await follow(work.stdout, dir, { say, fedJson });
    clearTimeout(tooLong);
  } finally {
    work.kill('SIGINT');
    await new Promise((resolve) => work.once('exit', resolve));
  }
  const { items } = await fedJson(dir, 'runs');
  const count = Array.isArray(items) ? items.length : 0;
  say(`${count} programs were started and ended, one for each step; nobody passed anything on.`);
  heading('git log main');
  const { stdout } = await run('git', ['log', '-1', '--format=%an, %cr%n%n%B'], { cwd: folder });
  for (const line of stdout.trimEnd().split('\n')) say(line);
}

/** Tells each end of a run and what its checks said, until the work has landed. */
async function follow(
  output: NodeJS.ReadableStream,
  dir: string,
  { say, fedJson }: Pick<Teller, 'say' | 'fedJson'>,
): Promise<void> {
  let [hasLanded, isOver] = [false, false];
  for await (const line of createInterface({ input: output })) {
    const { kind, agent, about, text } = recordOf(JSON.parse(line));
    if (kind === 'note' && /checks|landed/.test(textOf(text))) {
      say(`         ${textOf(text)}`);
      hasLanded ||= textOf(text).includes(' landed on ');
    }
    if (hasLanded && isOver) return;
    if (kind !== 'ended') continue;
    const task = recordOf((await fedJson(dir, 'queue', 'show', textOf(about)))['task']);
    const type = textOf(task['type']);
    const outcome = textOf(text).replace(/ \(.*/, '');
    if (type !== 'review') {
      say(`${textOf(agent).padEnd(8)} was started for ${textOf(about)} (${type}): ${outcome}${again(outcome)}`);
      continue;
    }
    const subject = textOf(task['subject']);
    const reviewed = recordOf((await fedJson(dir, 'queue', 'show', subject))['task']);
    const isSentBack = reviewed['sent_back_as'] !== undefined && !isAccepted(task);
    say(
      `${textOf(agent).padEnd(8)} was started for ${textOf(about)} (review): ${isSentBack ? 'sent back' : 'accepted'}`,
    );
    isOver = !isSentBack;
    if (hasLanded && isOver) return;
  }
}

/** With a test that the first attempt will not pass. */
async function makeRepository(folder: string): Promise<void> {
  const test =
    "import { rounds } from './witness.mjs';\nif (rounds(100) !== 3) throw new Error(`Expected 3 rounds, got ${rounds(100)}`);\n";
  await writeFile(join(folder, 'witness.test.mjs'), test);
  await writeFile(join(folder, 'witness.mjs'), 'export const rounds = (wanted) => wanted;\n');
  await writeFile(join(folder, '.gitignore'), '.federation/\nFEDERATION_LOG.md\nstate/\nstand-in.mjs\n');
  const who = ['-c', 'user.name=reuben', '-c', 'user.email=reuben@example.org'];
  for (const words of [
    ['init', '-q', '-b', 'main'],
    ['add', '-A'],
    [...who, 'commit', '-qm', 'A witness that loops'],
  ]) {
    await run('git', words, { cwd: folder });
  }
}

function again(outcome: string): string {
  return outcome === 'failed' ? ', tried again after a moment' : '';
}

function isAccepted(review: Answer): boolean {
  return textOf(recordOf(review['result'])['summary']).includes('Good now');
}

function idOf(answer: Answer): string {
  return textOf(recordOf(answer['task'])['task_id']);
}
