/**
 * Ollama as an agent: the program that a run of the preset `ollama` starts. Its prompt comes on standard input; what it
 * does, it says as JSON lines. A model that only answers, without calling a tool, has its answer kept as a file and its
 * task completed with it.
 */
import { join } from 'node:path';
import { Ollama } from 'ollama';
import { z } from 'zod';
import type { Actor } from '../domain/commands.ts';
import type { Task } from '../domain/tasks/task.ts';
import { workToJudge } from '../domain/tasks/subject.ts';
import { isInHand } from '../domain/runs/follow-run.ts';
import { cut } from '../domain/text.ts';
import { readerOf, type ToolDefinition } from '../define-tool.ts';
import type { Federation } from '../federation.ts';
import { converse } from './converse.ts';
import { federationTools } from './federation-tools.ts';
import { projectTools, writeInProject } from './project-tools.ts';

export interface OllamaSettings {
  readonly federation: Federation;
  /** The `.federation` folder. */
  readonly folder: string;
  readonly actor: Actor & { readonly run: string };
  readonly tools: readonly ToolDefinition[];
  readonly prompt: string;
  /** `null`: the first that is installed. */
  readonly model: string | null;
  readonly host: string;
  readonly schema: object | null;
  readonly signal: AbortSignal;
  readonly tell: (event: Readonly<Record<string, unknown>> & { readonly type: string }) => void;
}

const longestSummary = 2_000;

/** Gives the exit code: 0 where the task is settled or the answer is there. */
export async function runOllama(settings: OllamaSettings): Promise<number> {
  const { host, tell } = settings;
  const client = new Ollama({ host });
  let model = settings.model ?? '';
  try {
    model = settings.model ?? (await firstModel(client));
    return await work(settings, client, model);
  } catch (error) {
    const { type, text } = faultOf(error, host, model);
    tell({ type, text });
    tell({ type: 'end', failed: true, text });
    return 1;
  }
}

async function firstModel(client: Ollama): Promise<string> {
  const { models } = await client.list();
  const [first] = models;
  if (first === undefined)
    throw new MissingModel('No model is installed: run ollama pull MODEL, then name it as run.model');
  return first.name;
}

class MissingModel extends Error {}

async function work(settings: OllamaSettings, client: Ollama, model: string): Promise<number> {
  const { federation, folder, actor, prompt, schema, signal, tell } = settings;
  if (schema !== null) {
    const answer = await converse({ client, model, prompt, tools: [], schema, signal, tell, isDone: () => false });
    tell({ type: 'answer', value: parsed(answer) });
    tell({ type: 'end', failed: false, text: answer });
    return 0;
  }
  const context = {
    federation,
    actor: () => actor,
    reader: () => readerOf(() => actor),
    signal,
    progress: async () => {},
  };
  const tools = [...federationTools(settings.tools, context), ...projectTools(federation.project, folder)];
  const isDone = (): boolean => taskInHand(federation, actor) === null;
  const conversation = { client, model, prompt, schema: null, signal, tell, isDone };
  const answer = await converse({ ...conversation, tools }).catch(async (error: unknown) => {
    // Some models are served without tools; they answer all the same.
    if (!/does not support tools/.test(String(error))) throw error;
    return await converse({ ...conversation, tools: [] });
  });
  const task = taskInHand(federation, actor);
  if (task !== null) await keepAnswer(settings, { client, model, task, answer });
  tell({ type: 'end', failed: false, text: cut(answer, longestSummary) });
  return 0;
}

/** The task of this run while nobody has settled it. */
function taskInHand(federation: Federation, { run: run_id }: { readonly run: string }): Task | null {
  const state = federation.state();
  const run = state.runs.get(run_id);
  if (run?.task_id == null || !isInHand(state, run)) return null;
  return state.tasks.get(run.task_id) ?? null;
}

interface Answered {
  readonly client: Ollama;
  readonly model: string;
  readonly task: Task;
  readonly answer: string;
}

async function keepAnswer(settings: OllamaSettings, { client, model, task, answer }: Answered): Promise<void> {
  const { federation, folder, actor, tell, signal, prompt } = settings;
  const { task_id } = task;
  const judged = workToJudge(federation.state(), task, actor.name);
  if (judged !== null) {
    const asked = `${prompt}\n\nYou said:\n${answer}\n\nGive the verdict on ${judged.task_id} as JSON: {"verdict": "accept" or "rework", "note": why}.`;
    const said = { client, model, prompt: asked, tools: [], signal, tell, isDone: () => false };
    const { verdict, note } = verdictShape.parse(
      parsed(await converse({ ...said, schema: z.toJSONSchema(verdictShape) })),
    );
    await federation.execute('review_task', { task_id: judged.task_id, verdict, note }, actor);
    return;
  }
  if (answer.trim() === '') {
    await federation.execute(
      'complete_task',
      { task_id, outcome: 'failure', summary: `${model} gave no answer.` },
      actor,
    );
    return;
  }
  const named = typeof task.context.artifact_path === 'string' ? task.context.artifact_path : null;
  const path = named ?? join(folder, 'answers', `${task_id}-${task.attempt}.md`);
  await writeInProject(federation.project, folder, path, answer);
  const artifact = named ?? join('.federation', 'answers', `${task_id}-${task.attempt}.md`);
  const summary = cut(answer.trim(), longestSummary);
  await federation.execute('complete_task', { task_id, outcome: 'success', summary, artifacts: [artifact] }, actor);
}

const verdictShape = z.object({ verdict: z.enum(['accept', 'rework']), note: z.string().min(1).max(4_000) });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What keeps the server from answering is said with the command that helps. */
function faultOf(error: unknown, host: string, model: string): { readonly type: string; readonly text: string } {
  const text = error instanceof Error ? error.message : String(error);
  const status: unknown = error instanceof Error && 'status_code' in error ? error.status_code : null;
  if (error instanceof MissingModel) return { type: 'missing', text };
  if (status === 404) return { type: 'missing', text: `Ollama does not have ${model}: run ollama pull ${model}` };
  if (status === 503 || status === 429) return { type: 'busy', text: `Ollama is busy: ${text}` };
  if (/fetch failed|ECONNREFUSED/.test(text)) {
    return { type: 'missing', text: `Ollama does not answer at ${host}: start it with ollama serve` };
  }
  return { type: 'fault', text };
}
