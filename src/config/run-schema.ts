/** How the runner (`fed work`) starts an agent's program, as the configuration writes it. */
import { z } from 'zod';
import { insidePath } from './checks-schema.ts';

export const presetNames = ['claude-code', 'copilot', 'kimi', 'gemini', 'codex', 'opencode', 'ollama'] as const;
export type PresetName = (typeof presetNames)[number];

/** What an argument of a command may stand for. */
export const commandPlaceholders = ['prompt_file', 'prompt', 'task_id', 'attempt', 'model'] as const;

const word = z.string().min(1).max(4_000);
const argv = z.array(word).min(1).max(100);
const variable = z
  .string()
  .max(200)
  .refine((name) => /^[A-Za-z_]\w*$/.test(name), 'Expected the name of an environment variable');

export const runSchema = z
  .strictObject({
    preset: z.enum(presetNames).optional().describe('A known program; or give command.'),
    command: argv
      .optional()
      .describe(
        'Any program: its arguments may hold {prompt_file}, {prompt}, {task_id}, {attempt}, {model}; without a prompt among them it comes on standard input.',
      ),
    settle: z
      .enum(['agent', 'exit'])
      .optional()
      .describe('Who completes the task: the agent, or its exit code; default agent, for a command exit.'),
    model: z.string().min(1).max(200).optional().describe("The program's model; default: its own."),
    models: z
      .record(z.string().max(60), z.string().min(1).max(200))
      .default({})
      .describe('Model by task type, before model.'),
    args: z.array(word).max(100).default([]).describe('Further arguments.'),
    permissions: z
      .enum(['edit', 'all'])
      .default('edit')
      .describe('edit: inside its folder, our tools and the configured checks; all: whatever the program can do.'),
    env: z.array(variable).max(100).default([]).describe('Variables handed on beside the usual few.'),
    worktree: z
      .boolean()
      .optional()
      .describe('Whether each task gets a git worktree; default: as soon as more than one run may write at a time.'),
    setup: argv.optional().describe('Makes a worktree ready, instead of worktree.setup.'),
    copy: z
      .array(insidePath)
      .max(50)
      .optional()
      .describe('Git-ignored files copied into a worktree, instead of worktree.copy.'),
    wrap: z.array(word).max(100).default([]).describe('A sandbox in front of the program, for instance bwrap …'),
    accept: z
      .enum(['local', 'all'])
      .default('local')
      .describe('local: nothing that came by import or HTTP runs before a person approves it.'),
    concurrency: z.int().min(1).max(20).default(1).describe('Runs at once.'),
    timeout_minutes: z.number().min(0.01).max(10_080).default(60).describe('Longest run.'),
    idle_minutes: z.number().min(0.01).max(10_080).default(15).describe('Longest silence.'),
    runs_per_hour: z.int().min(1).max(1_000).default(20).describe('Runs an hour.'),
    runs_per_day: z.int().min(1).max(10_000).default(100).describe('Runs a day.'),
    cost_per_day: z
      .number()
      .min(0)
      .max(100_000)
      .nullable()
      .default(null)
      .describe('Dollars a day, where the program says what a run cost; null: no limit.'),
    votes: z.boolean().default(false).describe('Whether its due ballots are asked for, too.'),
    host: z
      .url({ protocol: /^https?$/ })
      .max(400)
      .optional()
      .describe('Where Ollama listens; default OLLAMA_HOST.'),
  })
  .superRefine((run, issues) => {
    if ((run.preset === undefined) === (run.command === undefined)) {
      issues.addIssue({ code: 'custom', path: [], message: 'Expected either preset or command' });
    }
    for (const [index, text] of (run.command ?? []).entries()) {
      for (const [whole, name = ''] of text.matchAll(/\{([a-z_]+)\}/g)) {
        if (commandPlaceholders.some((known) => known === name)) continue;
        const message = `Unknown placeholder ${whole}; available: {${commandPlaceholders.join('}, {')}}`;
        issues.addIssue({ code: 'custom', path: ['command', index], message });
      }
    }
    const [program = ''] = run.command ?? [];
    if (/[{}]/.test(program)) {
      issues.addIssue({ code: 'custom', path: ['command', 0], message: 'Expected a program without placeholders' });
    }
  });

export type RunSettings = z.infer<typeof runSchema>;
