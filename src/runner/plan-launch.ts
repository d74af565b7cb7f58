/** How the program of a run is started: its prompt, its arguments, and the files it reads them from. */
import { randomBytes } from 'node:crypto';
import { symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CallerError } from '../domain/errors.ts';
import type { Run } from '../domain/runs/run.ts';
import { homeOf } from '../config/settings.ts';
import { makeOwnFolder } from '../files/modes.ts';
import { runVariable } from '../identity/run-identity.ts';
import { ballotPrompt, ballotSchema, type PromptSource, reminderPrompt, taskPrompt } from '../views/run-prompt.ts';
import { readFileWords } from './presets/preset.ts';
import type { AgentProgram } from './program.ts';
import type { RunnerContext } from './runner-context.ts';
import { promptName, runFolder } from './runs-folder.ts';
import type { TaskPlace } from './worktrees/task-places.ts';

/** Linux starts no program with an argument of more than 128 KiB. */
const longestArgument = 100_000;

export interface LaunchPlace {
  /** Of the run. */
  readonly folder: string;
  /** Where the program works. */
  readonly cwd: string;
  /** The worktree of its task, if it has one. */
  readonly place: TaskPlace | null;
}

/** Writes what the program reads into the run's folder. */
export function planLaunch(
  context: RunnerContext,
  program: AgentProgram,
  run: Run,
  { folder, cwd, place }: LaunchPlace,
): ReturnType<AgentProgram['launch']> & { readonly promptFile: string } {
  const { federation, environment } = context;
  const { settings } = program;
  const state = federation.state();
  const task = run.task_id === null ? undefined : state.tasks.get(run.task_id);
  const vote = run.vote_id === null ? undefined : state.votes.get(run.vote_id);
  const before = run.continues === null ? undefined : state.runs.get(run.continues);
  const prompt = promptFor(context, program, run, place);
  const promptFile = join(folder, promptName);
  writeFileSync(promptFile, prompt, { mode: 0o600 });
  const model = (task?.type == null ? undefined : settings.models[task.type]) ?? settings.model ?? null;
  const launch = program.launch(
    {
      model,
      permissions: settings.permissions,
      args: settings.args,
      allowed: context.allowed(task?.type ?? null),
      server: { command: process.execPath, args: [context.programs.server, '--dir', context.folder] },
      serverVariables: [runVariable, 'FEDERATION_DIR', 'FEDERATION_RUN_PORT'],
      folder,
      folderBefore: before === undefined ? null : runFolder(context.folder, before.run_id),
      cwd,
      promptFile,
      conversation: before?.conversation ?? null,
      schema: vote === undefined ? null : ballotSchema(vote),
      home: homeOf(environment) ?? '/',
      environment,
      host: settings.host ?? null,
      own: context.programs.ollama,
    },
    {
      prompt: Buffer.byteLength(prompt) <= longestArgument ? prompt : readFileWords(promptFile),
      prompt_file: promptFile,
      task_id: run.task_id ?? run.vote_id ?? '',
      attempt: String(run.attempt ?? 1),
      model: model ?? '',
    },
  );
  for (const [name, text] of Object.entries(launch.files ?? {})) {
    makeOwnFolder(dirname(join(folder, name)));
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  }
  for (const [link, target] of Object.entries(launch.links ?? {})) symlinkSync(target, join(folder, link));
  return { ...launch, promptFile };
}

/** @throws CallerError where what it is about has left the state. */
function promptFor(
  { federation }: RunnerContext,
  { settle }: AgentProgram,
  { agent, task_id, vote_id, continues }: Run,
  place: TaskPlace | null,
): string {
  const state = federation.state();
  const source: PromptSource = {
    state,
    agent,
    operator: federation.config.operator,
    nonce: randomBytes(6).toString('hex'),
    settle,
    place,
  };
  const vote = vote_id === null ? undefined : state.votes.get(vote_id);
  if (vote !== undefined) return ballotPrompt(source, vote);
  const task = task_id === null ? undefined : state.tasks.get(task_id);
  if (task === undefined) throw new CallerError('not-found', `${task_id ?? vote_id ?? 'It'} is gone.`, '');
  return continues === null ? taskPrompt(source, task) : reminderPrompt(source, task);
}
