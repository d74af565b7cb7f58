/**
 * Sends every escalation to the configured URL, once it is durable. Commands
 * never wait for it: the process that committed an escalation begins at once,
 * in the background; what it leaves behind is taken up by whichever process
 * keeps time. At least once, with the same id in each attempt.
 */
import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import type { WebhookConfig } from '../config/schema.ts';
import { day, fromMillis, second } from '../domain/time.ts';
import type { WebhookStanding } from '../federation.ts';
import type { SharedDocuments } from '../files/shared-document.ts';
import type { EventStore, StoredRecord } from '../store/event-store.ts';
import { recordsFrom } from '../store/records-from.ts';
import {
  type Delivery,
  emptyOutbox,
  type Outbox,
  OutboxFile,
  restoredOutbox,
  standingOf,
  toldEscalation,
} from './outbox.ts';
import { post } from './post.ts';
import { type Signing, signingWith } from './signature.ts';

export interface WebhookOptions {
  /** The `.federation` folder. */
  readonly folder: string;
  readonly projectDir: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly records: Pick<EventStore, 'tail' | 'history'>;
  /** Where the store keeps the outbox for all machines; null: it is a file in the folder. */
  readonly documents: SharedDocuments | null;
  /** Milliseconds since 1970, on the clock that all who send go by. */
  readonly now: () => number;
  /** As it is now; `null`: nothing is sent. */
  readonly config: () => WebhookConfig | null;
  /** The operator has allowed this on this machine. */
  readonly isApproved: (config: WebhookConfig) => boolean;
  /** The newest record anyone has committed; `null` while the journal is in doubt. */
  readonly seq: () => Promise<number | null>;
  readonly isOpen: (inboxId: string) => boolean;
  /** What an open item can be answered with. */
  readonly actionsOf: (inboxId: string) => readonly string[];
}

const longestDelayMs = 3_600 * second;
/**
 * A claim outlives the attempt by this, so that a slow disk does not lead to a second sender. It is made right before
 * the attempt: time spent waiting for a turn would run on it, and others would take up what merely waits.
 */
const claimSlackMs = 5 * second;
/** Processes that keep time look this often for what others left behind. */
const lookEveryMs = 2 * second;
/** How long an ending process waits for its first attempts. */
const longestGoodbyeMs = 1 * second;
/** Records without an escalation are passed over in memory; the file follows this far behind. */
const passedOverAtOnce = 500;
const failedKept = 500;
/** Attempts that one process has under way. */
const atOnce = 4;

export class Webhook {
  readonly #options: WebhookOptions;
  readonly #file: OutboxFile;
  readonly #self = randomUUID();
  readonly #looks = new PQueue({ concurrency: 1 });
  readonly #attempts = new Set<Promise<void>>();
  readonly #ending = new AbortController();
  #passedOver = 0;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: WebhookOptions) {
    this.#options = options;
    this.#file = new OutboxFile(options.folder, options.documents);
  }

  /** Before the first command: what is escalated from here on is sent. */
  async begin(): Promise<void> {
    try {
      await this.#file.look();
      if (this.#file.read() !== null) return;
      const begin = (await this.#options.seq()) ?? 0;
      await this.#file.update((outbox) => (outbox === null ? emptyOutbox(begin) : null));
    } catch {
      // A disk that takes no file will be noticed by the journal.
    }
  }

  /** This process committed a record. */
  note({ commands }: StoredRecord): void {
    if (commands.some(({ events }) => events.some(({ type }) => type === 'escalation_opened'))) this.#look();
  }

  /** Called about once a second by processes that keep time. */
  sweep(): void {
    if (performance.now() - this.#lookedAt > lookEveryMs) this.#look();
  }

  standing(): WebhookStanding {
    const { config, isApproved, isOpen } = this.#options;
    const standing = standingOf(this.#file.read(), isOpen);
    const now = config();
    return now === null || isApproved(now) ? standing : { ...standing, unapproved: true };
  }

  /** Gives first attempts that are under way a moment; what does not arrive is left for another process. */
  async close(): Promise<void> {
    clearTimeout(this.#retry);
    await Promise.race([this.#settled(), sleep(longestGoodbyeMs, undefined, { ref: false })]);
    this.#ending.abort();
    await this.#settled();
  }

  async #settled(): Promise<void> {
    while (this.#attempts.size > 0 || this.#looks.size + this.#looks.pending > 0) {
      await this.#looks.onIdle();
      await Promise.all(this.#attempts);
    }
  }

  #look(): void {
    this.#lookedAt = performance.now();
    // One that waits will see everything that came until it begins.
    if (this.#ending.signal.aborted || this.#looks.size > 0) return;
    // What fails here is tried again with the next look.
    void this.#looks.add(() => this.#lookOnce().catch(() => undefined));
  }

  async #lookOnce(): Promise<void> {
    const { now } = this.#options;
    const config = this.#options.config();
    if (config === null) return;
    const isDue = isDueAt(now());
    const found = await this.#readJournal();
    this.#passedOver = found.through;
    const signing = this.#signing(config);
    let mine: readonly Delivery[] = [];
    const free = this.#ending.signal.aborted ? 0 : atOnce - this.#attempts.size;
    const isWanted =
      'problem' in signing ? lacksWord(signing.problem) : (outbox: Outbox) => free > 0 && outbox.pending.some(isDue);
    if (isWorthALock(this.#file.read(), found, isWanted)) {
      await this.#file.update((before) => {
        // Damaged since it was read: its journal has to be gone through first.
        if (before === 'damaged' && !found.isAnew) return null;
        const outbox = withFound(before === 'damaged' ? restoredOutbox() : (before ?? emptyOutbox(found.known)), found);
        if ('problem' in signing) return withoutSending(outbox, signing.problem);
        mine = outbox.pending.filter(isDue).slice(0, free);
        return claimed(outbox, mine, {
          by: this.#self,
          until: now() + config.timeout_seconds * second + claimSlackMs,
        });
      });
    }
    // Without the secret, or approval, there is nothing to come back for; processes that keep time look anyway.
    if ('problem' in signing) return;
    for (const item of mine) this.#attempt(item, config, signing.key);
    this.#planRetry();
  }

  /** With what this process sends, or why it does not. */
  #signing(config: WebhookConfig): Signing {
    const { isApproved, environment } = this.#options;
    if (!isApproved(config)) return { problem: 'the webhook is not approved on this machine' };
    const signing = signingWith(config.secret_env, environment);
    return 'problem' in signing ? { problem: `a process could not sign: ${signing.problem}` } : signing;
  }

  /** In the background. Its end makes room for another. */
  #attempt(item: Delivery, config: WebhookConfig, key: Buffer | null): void {
    const attempt: Promise<void> = this.#deliver(item, config, key)
      .catch(() => undefined)
      .finally(() => {
        this.#attempts.delete(attempt);
        this.#look();
      });
    this.#attempts.add(attempt);
  }

  /** Escalations of the records that nobody has looked through. Without the lock: there may be many. */
  async #readJournal(): Promise<Found> {
    const { seq, isOpen, now } = this.#options;
    await this.#file.look();
    // The file first: what it names is then in the journal, unless that is another one now.
    const before = this.#file.read();
    const head = await seq();
    const known = before === 'damaged' ? 0 : (before?.through ?? head ?? 0);
    if (head === null) return { known, through: known, items: [], isAnew: false };
    // A journal shorter than what was looked through was replaced; a damaged file knows of nothing. What is open may
    // not have been sent.
    const isAnew = before === 'damaged' || known > head;
    const from = isAnew ? 0 : Math.max(known, this.#passedOver <= head ? this.#passedOver : 0);
    const items: FoundDelivery[] = [];
    let through = from;
    if (head > from) {
      for await (const record of recordsFrom(this.#options.records, from + 1)) {
        through = Math.max(through, record.seq);
        // After a long time without a webhook nobody wants to hear of what is settled.
        const onlyOpen = isAnew || Date.parse(record.at) < now() - day;
        for (const item of deliveriesOf(record)) {
          if (!onlyOpen || isOpen(item.escalation.inbox_id)) items.push({ seq: record.seq, item });
        }
      }
    }
    return { known, through, items, isAnew };
  }

  async #deliver(item: Delivery, config: WebhookConfig, key: Buffer | null): Promise<void> {
    const { projectDir, actionsOf } = this.#options;
    const { signal } = this.#ending;
    let outcome: 'delivered' | 'given back' | { readonly failure: string } = 'delivered';
    try {
      signal.throwIfAborted();
      const actions = actionsOf(item.escalation.inbox_id);
      await post(item, { config, key, federation: basename(projectDir), actions, signal });
    } catch (error) {
      outcome = signal.aborted ? 'given back' : { failure: error instanceof Error ? error.message : String(error) };
    }
    await this.#file.update((outbox) => {
      // Its claim may have run out, and another process be done with it.
      if (outbox === null || outbox === 'damaged') return null;
      if (outbox.pending.find(({ id }) => id === item.id)?.claim?.by !== this.#self) return null;
      const others = outbox.pending.filter(({ id }) => id !== item.id);
      if (outcome === 'delivered') return { ...outbox, pending: others, delivered: outbox.delivered + 1 };
      if (outcome === 'given back') return { ...outbox, pending: [{ ...item, claim: null }, ...others] };
      return withFailure(
        { ...outbox, pending: others },
        { ...item, last_error: outcome.failure },
        config,
        this.#options.now(),
      );
    });
  }

  /** Where all its attempts are under way, the first of them to end looks. */
  #planRetry(): void {
    clearTimeout(this.#retry);
    if (this.#attempts.size >= atOnce || this.#ending.signal.aborted) return;
    const outbox = this.#file.read();
    if (outbox === null || outbox === 'damaged' || outbox.pending.length === 0) return;
    const { pending } = outbox;
    const next = Math.min(...pending.map(({ due, claim }) => claim?.until ?? due)) - this.#options.now();
    this.#retry = setTimeout(() => this.#look(), Math.min(Math.max(next, 0) + 5, longestDelayMs)).unref();
  }
}

interface FoundDelivery {
  readonly seq: number;
  readonly item: Delivery;
}

/** What a look at the journal gave. */
interface Found {
  /** Up to where it had been looked through before. */
  readonly known: number;
  readonly through: number;
  readonly items: readonly FoundDelivery[];
  /** All of it was looked through, for what is open. */
  readonly isAnew: boolean;
}

function isWorthALock(
  outbox: Outbox | 'damaged' | null,
  { through, items, isAnew }: Found,
  isWanted: (outbox: Outbox) => boolean,
): boolean {
  if (isAnew) return true;
  if (outbox === 'damaged') return false;
  if (outbox === null || items.length > 0) return true;
  return through - outbox.through >= passedOverAtOnce || isWanted(outbox);
}

/** Another process may have come further, and be done with it, since the journal was read. */
function withFound(outbox: Outbox, { known, through, items, isAnew }: Found): Outbox {
  const begin = isAnew && outbox.through === known ? 0 : outbox.through;
  const added = items.filter(({ seq }) => seq > begin).map(({ item }) => item);
  const after = begin === 0 ? through : Math.max(through, outbox.through);
  return { ...outbox, through: after, pending: [...outbox.pending, ...added] };
}

function isDueAt(now: number): (item: Delivery) => boolean {
  return ({ due, claim }) => due <= now && (claim === null || claim.until <= now);
}

function claimed(outbox: Outbox, mine: readonly Delivery[], claim: NonNullable<Delivery['claim']>): Outbox {
  const ids = new Set(mine.map(({ id }) => id));
  return { ...outbox, pending: outbox.pending.map((item) => (ids.has(item.id) ? { ...item, claim } : item)) };
}

/** One attempt more: when to try again, or given up. */
function withFailure(
  outbox: Outbox,
  item: Delivery,
  { first_delay_seconds, max_attempts }: WebhookConfig,
  now: number,
): Outbox {
  const attempts = item.attempts + 1;
  const noted = withError(outbox, item.last_error ?? '');
  const after = { ...item, attempts, claim: null };
  if (attempts >= max_attempts) return { ...noted, failed: [...outbox.failed, after].slice(-failedKept) };
  const delay = Math.min(first_delay_seconds * second * 4 ** item.attempts, longestDelayMs);
  return { ...noted, pending: [...outbox.pending, { ...after, due: now + delay }] };
}

/** Left to a process that may and can, and said, once. */
function withoutSending(outbox: Outbox, problem: string): Outbox {
  return lacksWord(problem)(outbox) ? withError(outbox, problem) : outbox;
}

/** Something is to be sent, and nobody has said yet why not from here. */
function lacksWord(problem: string): (outbox: Outbox) => boolean {
  return ({ pending, last_error }) => pending.length > 0 && last_error?.message !== problem;
}

function withError(outbox: Outbox, message: string): Outbox {
  return { ...outbox, last_error: { at: fromMillis(Date.now()), message } };
}

/** Record hash and inbox id: the same whoever sends it, another one in every other federation. */
function deliveriesOf({ hash, commands }: StoredRecord): Delivery[] {
  return commands.flatMap(({ events }) =>
    events.flatMap((event): Delivery[] => {
      if (event.type !== 'escalation_opened') return [];
      const escalation = toldEscalation.parse(event.escalation);
      const id = `${hash.slice(0, 16)}-${escalation.inbox_id}`;
      return [{ id, escalation, attempts: 0, due: 0, claim: null, last_error: null }];
    }),
  );
}
