/** Arguments that several tools share, each with the words that clients show. */
import { z } from 'zod';
import { wellFormed } from '../src/domain/text.ts';
import { availabilityStatuses } from '../src/domain/agents/agent.ts';
import { deepestJson, isJsonObject } from '../src/domain/json.ts';
import { slug } from '../src/domain/slug.ts';
import { longestPath, mostPaths, mostUses } from '../src/domain/tasks/paths.ts';
import { failurePolicies, priorities, taskStatuses } from '../src/domain/tasks/task.ts';
import { longestDescription, longestNote } from '../src/domain/tasks/task-fields.ts';

/** Ids and names are lower-case with hyphens; models write them otherwise, or quoted. */
const spelt = z
  .string()
  .overwrite((text) => text.replaceAll(/^[\s"'`#]+|[\s"'`]+$/g, ''))
  .toLowerCase()
  .overwrite((text) => text.replaceAll(/[\s_]+/g, '-'));
const name = spelt.min(1);
export const taskId = name.max(60);
export const voteId = name.max(60);
export const dependencyIds = z.array(name.max(60)).max(100);
export const taskType = spelt.pipe(slug);
/** `auto`, an agent or a person; whether it exists is the domain's question. */
export const addressee = name.max(40);
export const note = z.string().trim().min(1).max(8_000).transform(wellFormed);
/** To whoever holds a task, or to the operator. */
export const shortNote = z.string().trim().min(1).max(longestNote).transform(wellFormed);
export const timestamp = z.iso
  .datetime({ offset: true })
  .transform((text) => new Date(text).toISOString())
  // Years beyond 9999 are written with a sign and would sort before all others.
  .refine((text) => text.length === 24, 'Expected a year up to 9999')
  .describe('ISO 8601');

const context = z
  .record(z.string(), z.unknown())
  .transform((value, issues) => {
    if (isJsonObject(value)) return value;
    issues.addIssue({ code: 'custom', message: `Expected JSON at most ${deepestJson} levels deep` });
    return z.NEVER;
  })
  .describe('artifact_path, constraints and any further JSON, 64 KiB in all');

const paths = z
  .array(z.string().min(1).max(longestPath))
  .max(mostPaths)
  .describe('Globs of files it will change; overlapping tasks wait for each other');
const uses = z
  .array(z.string().min(1).max(40))
  .max(mostUses)
  .describe('Things only one task may use at a time, e.g. staging');

const checks = z.array(slug).max(20).describe('Checks it must pass beside those of its type');

/** The fields of a task to queue, shared by queue_task and the tasks of queue_plan. */
export const taskRequest = {
  description: z.string().trim().min(1).max(longestDescription).describe('What to do, and how to tell that it is done'),
  to_agent: addressee.optional().describe('An agent or auto; default: anyone'),
  type: taskType.optional().describe('e.g. research, implementation, testing, review'),
  priority: z.enum(priorities).optional().describe('Default normal'),
  dependencies: dependencyIds.optional().describe('Task or vote ids to wait for'),
  context: context.optional(),
  not_before: timestamp.optional(),
  deadline: timestamp.optional(),
  max_attempts: z.int().min(1).max(20).optional(),
  on_failure: z.enum(failurePolicies).optional().describe('What happens to dependents if it fails; default block'),
  needs_approval: z.boolean().optional().describe('The operator must approve it'),
  paths: paths.optional(),
  uses: uses.optional(),
  checks: checks.optional(),
};

/** What may be changed of a task that nobody has claimed. */
export const taskChanges = z
  .strictObject({
    description: taskRequest.description.optional(),
    type: taskRequest.type,
    priority: taskRequest.priority,
    dependencies: taskRequest.dependencies,
    context: taskRequest.context,
    not_before: taskRequest.not_before,
    deadline: taskRequest.deadline,
    paths: taskRequest.paths,
    uses: taskRequest.uses,
    checks: taskRequest.checks,
  })
  .describe('For edit: the fields that change');

export const idempotencyKey = z
  .string()
  .min(1)
  .max(200)
  .describe('A repeated call with this key returns the first result');

export const page = {
  limit: z.int().min(1).max(100).optional().describe('Default 20'),
  cursor: z.string().max(200).optional().describe('next_cursor of the previous page'),
  detail: z.enum(['brief', 'full']).optional(),
};

export const taskStatus = z.enum(taskStatuses);
export const availability = z.enum(availabilityStatuses);
