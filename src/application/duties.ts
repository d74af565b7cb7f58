/** What a live process does by itself, about once a second. */

/** Each duty's name, with what is said when it fails. */
const duties = {
  observe: 'could not check which sessions are alive',
  configuration: 'could not check the configuration',
  news: 'could not read what other processes committed',
  webhook: 'could not process webhook deliveries',
  due: 'could not run timed work',
  checkpoint: 'could not save a checkpoint',
  router: 'could not save what the router has learned',
} as const;

/**
 * Runs duties, each apart from the others: one that fails or does not come back
 * stops no other one, and runs again when it is done. A failure is told once
 * until the duty works again.
 */
export class Duties {
  readonly #tell: (what: string, error: unknown) => void;
  readonly #running = new Set<keyof typeof duties>();
  readonly #failing = new Set<keyof typeof duties>();
  readonly #again = new Set<keyof typeof duties>();

  constructor(tell: (what: string, error: unknown) => void) {
    this.#tell = tell;
  }

  /** Never rejects. Work that is synchronous is done when this returns. */
  async run(name: keyof typeof duties, work: () => void | Promise<void>): Promise<void> {
    if (this.#running.has(name)) return;
    this.#running.add(name);
    try {
      await work();
      this.#failing.delete(name);
    } catch (error) {
      if (!this.#failing.has(name)) this.#tell(duties[name], error);
      this.#failing.add(name);
    } finally {
      this.#running.delete(name);
    }
  }

  /** As `run`; asked for while it is under way, it runs once more behind it. */
  async runAnew(name: keyof typeof duties, work: () => void | Promise<void>): Promise<void> {
    if (this.#running.has(name)) {
      this.#again.add(name);
      return;
    }
    do {
      this.#again.delete(name);
      await this.run(name, work);
    } while (this.#again.has(name));
  }
}
