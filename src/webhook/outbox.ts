/**
 * What is still to be delivered: `.federation/webhook.json` (on PostgreSQL a row), beside the journal
 * because it is no history. The journal says what was escalated; this file says
 * up to where that has been looked through, what of it has not arrived, and who
 * is at it. A process that is killed between committing an escalation and
 * sending it leaves a journal that is ahead of this file, or a claim that runs
 * out: another process goes on from either.
 */
import { join } from 'node:path';
import { z } from 'zod';
import { fromMillis } from '../domain/time.ts';
import type { WebhookStanding } from '../federation.ts';
import { FileDocument, type SharedDocument, type SharedDocuments } from '../files/shared-document.ts';

/** What is told of an escalation; its key stays here. */
export const toldEscalation = z.object({
  inbox_id: z.string(),
  kind: z.string(),
  title: z.string(),
  detail: z.string(),
  task_id: z.string().nullable(),
  /** Set where it is about a vote. */
  vote_id: z.string().optional(),
  chain: z.array(z.string()),
  opened_at: z.string(),
});

const delivery = z.object({
  /** The same in every attempt: receivers tell a repetition by it. */
  id: z.string(),
  escalation: toldEscalation,
  attempts: z.int(),
  /** Milliseconds since 1970. */
  due: z.number(),
  /** The process that is sending it, and until when nobody else does. */
  claim: z.object({ by: z.string(), until: z.number() }).nullable(),
  last_error: z.string().nullable(),
});
export type Delivery = z.infer<typeof delivery>;

const outboxSchema = z.object({
  /** The journal has been looked through up to this record. */
  through: z.int(),
  /** Oldest first. */
  pending: z.array(delivery),
  /** Given up, the newest last. */
  failed: z.array(delivery),
  delivered: z.int(),
  last_error: z.object({ at: z.string(), message: z.string() }).nullable(),
});
export type Outbox = z.infer<typeof outboxSchema>;

export class OutboxFile {
  readonly #document: SharedDocument;

  /** `documents`: where the store keeps such things for all machines. */
  constructor(folder: string, documents: SharedDocuments | null = null) {
    this.#document =
      documents?.('webhook') ?? new FileDocument(join(folder, 'webhook.json'), join(folder, 'webhook.lock'));
  }

  /** Takes in what others have changed. */
  async look(): Promise<void> {
    await this.#document.look();
  }

  /** `null`: there is none yet. */
  read(): Outbox | 'damaged' | null {
    try {
      return parsed(this.#document.read());
    } catch {
      return 'damaged';
    }
  }

  /** The journal continues behind record `seq`: what is escalated from there on has not been looked through. */
  async goBackTo(seq: number): Promise<void> {
    const before = this.read();
    if (before === null || before === 'damaged' || before.through <= seq) return;
    await this.update((now) =>
      now === null || now === 'damaged' ? null : { ...now, through: Math.min(now.through, seq) },
    );
  }

  /** Changes the file while no other process does. `null` from `change` leaves it as it is. */
  async update(change: (outbox: Outbox | 'damaged' | null) => Outbox | null): Promise<void> {
    await this.#document.change((content) => {
      const after = change(parsed(content));
      return after === null ? null : `${JSON.stringify(after, null, 1)}\n`;
    });
  }
}

function parsed(content: string | null): Outbox | 'damaged' | null {
  if (content === null) return null;
  try {
    return outboxSchema.safeParse(JSON.parse(content)).data ?? 'damaged';
  } catch {
    return 'damaged';
  }
}

export function emptyOutbox(through: number): Outbox {
  return { through, pending: [], failed: [], delivered: 0, last_error: null };
}

const damaged = 'webhook.json was damaged: all open inbox items are sent, some of them again';

/** In place of a damaged one: what of the journal is still open has to be sent, since nobody knows what of it was. */
export function restoredOutbox(): Outbox {
  return { ...emptyOutbox(0), last_error: { at: fromMillis(Date.now()), message: damaged } };
}

/** For status and `fed doctor`. What was given up counts until its escalation is answered. */
export function standingOf(read: Outbox | 'damaged' | null, isOpen: (inboxId: string) => boolean): WebhookStanding {
  const outbox = read === 'damaged' ? restoredOutbox() : read;
  return {
    pending: outbox?.pending.length ?? 0,
    failed: outbox?.failed.filter((item) => isOpen(item.escalation.inbox_id)).length ?? 0,
    delivered: outbox?.delivered ?? 0,
    last_error: outbox?.last_error ?? null,
  };
}
