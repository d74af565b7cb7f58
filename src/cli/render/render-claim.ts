/** What `claim_task` gives besides the task: why there is none, what follows, what one holds already. */
import { z } from 'zod';
import { oneLine, paint, type Terminal } from '../terminal.ts';
import { renderTaskResult } from './render-task.ts';

const claimSchema = z.object({
  why: z.string().nullish(),
  on_success: z
    .array(
      z.object({
        rule: z.string(),
        type: z.string(),
        to_agent: z.string().nullish(),
        only_if: z.string().nullish(),
      }),
    )
    .nullish(),
  held: z.array(z.object({ task_id: z.string() })).nullish(),
});

export function renderClaim(result: unknown, terminal: Terminal): string {
  const { why, on_success, held } = claimSchema.safeParse(result).data ?? {};
  const follows = (on_success ?? []).map(({ rule, type, to_agent, only_if }) =>
    oneLine(`${type} for ${to_agent ?? 'whoever fits'} (${rule})${only_if == null ? '' : `, if ${only_if}`}`),
  );
  const ids = (held ?? []).map(({ task_id }) => task_id);
  return [
    renderTaskResult(result, terminal),
    ...(why == null ? [] : [`No task: ${oneLine(why)}.`]),
    ...(follows.length === 0 ? [] : [paint('on success', 'bold', terminal), ...follows.map((line) => `  ${line}`)]),
    ...(ids.length === 0 ? [] : [`You hold${why == null ? ' besides' : ''} ${ids.join(', ')}.`]),
  ]
    .filter((part) => part !== '')
    .join('\n');
}
