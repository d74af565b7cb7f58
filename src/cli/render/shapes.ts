/**
 * What the renderers need of a tool's result. Results are the tools' contract
 * with agents; people are shown a part of it, so everything else is ignored.
 */
import { z } from 'zod';

const maybeText = z.string().nullish();

export const briefSchema = z.object({
  task_id: z.string(),
  status: z.string(),
  type: maybeText,
  priority: z.string(),
  to_agent: maybeText,
  waiting_for: z.array(z.string()).nullish(),
  description: z.string(),
});
export type Brief = z.infer<typeof briefSchema>;

export const pageSchema = z.object({
  items: z.array(briefSchema),
  total: z.number(),
  next_cursor: maybeText,
});

const outcomeSchema = z.object({
  outcome: maybeText,
  by: maybeText,
  summary: maybeText,
  artifacts: z.array(z.string()).nullish(),
  duration_minutes: z.number().nullish(),
});

const routingSchema = z.object({ confidence: z.number(), method: z.string(), reason: z.string() });

export const taskSchema = z.object({
  task_id: z.string(),
  status: z.string(),
  type: maybeText,
  priority: z.string(),
  from_agent: maybeText,
  to_agent: maybeText,
  description: z.string(),
  created_at: maybeText,
  not_before: maybeText,
  starts_at: maybeText,
  deadline: maybeText,
  attempt: z.number().nullish(),
  max_attempts: z.number().nullish(),
  dependencies: z.array(z.string()).nullish(),
  waiting_for: z.array(z.string()).nullish(),
  routing: routingSchema.nullish(),
  needs_approval: z.boolean().nullish(),
  approved_by: maybeText,
  rework_of: maybeText,
  subject: maybeText,
  caused_by: z.object({ kind: z.string(), by: z.string(), task_id: maybeText }).nullish(),
  progress: z.number().nullish(),
  lease: z.object({ agent: maybeText, expires_at: maybeText }).nullish(),
  context: z.record(z.string(), z.unknown()).nullish(),
  result: outcomeSchema.nullish(),
  history: z.array(z.object({ at: z.string(), by: maybeText, what: z.string(), text: maybeText })).nullish(),
});
export type TaskShape = z.infer<typeof taskSchema>;

/** Whatever tool gives a task besides something else. */
export const withTaskSchema = z.object({
  task: taskSchema.nullable(),
  routing: routingSchema.nullish(),
  duplicate_of: maybeText,
  lease_expires_at: maybeText,
  inputs: z
    .array(
      z.object({
        id: z.string(),
        summary: maybeText,
        choice: maybeText,
        artifacts: z.array(z.string()).nullish(),
      }),
    )
    .nullish(),
  unblocked: z.array(z.unknown()).nullish(),
  follow_ups: z.array(z.unknown()).nullish(),
  kept: z.number().nullish(),
  rework: taskSchema.nullish(),
});

export const planSchema = z.object({
  ids: z.record(z.string(), z.string()),
  ready: z.array(z.string()),
});
