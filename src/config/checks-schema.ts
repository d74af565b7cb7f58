/** Checks, worktrees and landing as the configuration writes them. */
import { z } from 'zod';
import { slug } from '../domain/slug.ts';

const word = z
  .string()
  .min(1)
  .max(4_000)
  .refine((text) => !text.includes('\0'), 'Expected text without a NUL');
export const commandLine = z.array(word).min(1).max(200);
/** Inside the repository: no way out of it, and no path from the root of the disk. */
export const insidePath = z
  .string()
  .min(1)
  .max(400)
  .refine(
    (path) => !path.startsWith('/') && !/^[a-z]:/i.test(path) && !path.split(/[\\/]/).includes('..'),
    'Expected a path inside the repository',
  );

const checkSchema = z.strictObject({
  command: commandLine.describe('Program and arguments; no shell.'),
  timeout_minutes: z.number().min(0.01).max(1440).default(10).describe('It fails when it takes longer.'),
  types: z
    .array(slug)
    .default([])
    .describe('Task types it is required for; empty: all but read_only_types. Tasks without a known type need all.'),
  required: z.boolean().default(true).describe('false: only where a task or a rule names it.'),
  protect: z
    .array(insidePath)
    .max(50)
    .default([])
    .describe('Files that decide its result; work that changes one lands only with a verdict of a person or reviewer.'),
  env: z
    .array(z.string().regex(/^[A-Za-z_]\w*$/, 'Expected the name of an environment variable'))
    .max(50)
    .default([])
    .describe('Environment variables handed on to it beside the usual few.'),
});
export type CheckConfig = z.infer<typeof checkSchema>;

export const checksSchema = z.record(slug, checkSchema);

export const worktreeSchema = z.strictObject({
  setup: commandLine.nullable().default(null).describe('Run in every checkout that is made, such as npm ci.'),
  copy: z
    .array(insidePath)
    .max(50)
    .default([])
    .describe('Git-ignored files copied from the main worktree into every checkout, such as .env.'),
  keep_gigabytes: z
    .number()
    .min(0.1)
    .max(10_000)
    .default(20)
    .describe('Disk space of all worktrees at which no new one is made.'),
});

export const landSchema = z.strictObject({
  target: z
    .string()
    .min(1)
    .max(200)
    .nullable()
    .default(null)
    .describe('Branch that work lands on; null: the branch of the main worktree.'),
  when: z.enum(['manual', 'verified']).default('manual').describe('verified: fed work lands verified work by itself.'),
});
