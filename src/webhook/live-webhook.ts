/** The webhook as the configuration wants it now: loaded with the first that names one, silent without. */
import type { WebhookStanding } from '../federation.ts';
import type { StoredRecord } from '../store/event-store.ts';
import type { Webhook, WebhookOptions } from './webhook.ts';

export class LiveWebhook {
  readonly #options: WebhookOptions;
  #webhook: Webhook | null = null;
  #loading: Promise<void> | null = null;

  constructor(options: WebhookOptions) {
    this.#options = options;
  }

  /** Before the first command: what is escalated from here on is sent. */
  async begin(): Promise<void> {
    if (this.#options.config() === null) return;
    this.#loading ??= this.#load();
    await this.#loading;
  }

  /** This process committed a record. */
  note(record: StoredRecord): void {
    if (this.#options.config() !== null) this.#webhook?.note(record);
  }

  /** Called about once a second by processes that keep time. */
  sweep(): void {
    if (this.#options.config() === null) return;
    if (this.#webhook === null) void this.begin();
    else this.#webhook.sweep();
  }

  standing(): WebhookStanding | null {
    return this.#options.config() === null ? null : (this.#webhook?.standing() ?? null);
  }

  async close(): Promise<void> {
    await this.#loading;
    await this.#webhook?.close();
  }

  async #load(): Promise<void> {
    const { Webhook } = await import('./webhook.ts');
    const webhook = new Webhook(this.#options);
    await webhook.begin();
    this.#webhook = webhook;
  }
}
