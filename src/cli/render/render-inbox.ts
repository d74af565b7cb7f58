/** The inbox for a person: one item a paragraph, with what can be done about it. */
import { z } from 'zod';
import { manyLines, oneLine, paint, type Terminal } from '../terminal.ts';
import { renderAny } from './render-any.ts';

const inboxSchema = z.object({
  items: z.array(
    z.object({
      inbox_id: z.string(),
      kind: z.string(),
      title: z.string(),
      detail: z.string().nullish(),
      chain: z.array(z.string()).nullish(),
      kept: z
        .array(
          z.object({
            rule: z.string(),
            type: z.string(),
            to_agent: z.string(),
            after: z.string(),
            chain: z.array(z.string()),
          }),
        )
        .nullish(),
      kept_total: z.number().nullish(),
      opened_at: z.string(),
      actions: z.array(z.string()),
    }),
  ),
  total: z.number(),
});

type Kept = NonNullable<z.infer<typeof inboxSchema>['items'][number]['kept']>[number];

export function renderInbox(result: unknown, terminal: Terminal): string {
  const parsed = inboxSchema.safeParse(result);
  if (!parsed.success) return renderAny(result, terminal);
  const { items, total } = parsed.data;
  const shown = items.map(({ inbox_id, kind, title, detail, chain, opened_at, actions, ...item }) =>
    [
      `${paint(inbox_id, 'bold', terminal)}  ${paint(kind, 'yellow', terminal)}  ${opened_at.slice(0, 16).replace('T', ' ')}`,
      `  ${oneLine(title)}`,
      ...(detail ? [manyLines(detail).replaceAll(/^(?=.)/gm, '  ')] : []),
      ...((chain ?? []).length === 0 ? [] : [`  chain: ${(chain ?? []).join(' → ')}`]),
      ...keptLines(item.kept ?? [], item.kept_total, terminal),
      `  ${paint('offers', 'dim', terminal)} ${actions.join(', ')}`,
    ].join('\n'),
  );
  const more = total > items.length ? [`${total - items.length} more`] : [];
  return [...shown, ...more].join('\n\n');
}

/** What `release` queues and `drop` forgets, one a line. */
function keptLines(kept: readonly Kept[], total: number | null | undefined, terminal: Terminal): string[] {
  if (kept.length === 0) return [];
  const lines = kept.map(({ rule, type, to_agent, after, chain }) => {
    const led = chain.length > 1 ? `; chain: ${chain.join(' → ')}` : '';
    return `    ${oneLine(`${type} for ${to_agent} after ${after} (${rule})${led}`)}`;
  });
  const more = total == null ? [] : [`    and ${total - kept.length} more`];
  return [`  ${paint('kept', 'dim', terminal)}`, ...lines, ...more];
}
