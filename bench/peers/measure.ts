/** What is measured of each program, all in projects of their own. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type BenchClient, connectTo } from '../support/connect.ts';
import { median, timed, timeEach } from '../support/numbers.ts';
import type { Call, Peer, Place } from './peer.ts';

const cold = 200;
const few = 20;
const many = 1_000;
const writers = 4;
const createsEach = 50;
const starts = 4;
const lists = 5;

/** What a cell says: a figure, or why there is none. */
export interface Measured {
  readonly tools: string;
  readonly start: string;
  readonly cold: string;
  readonly warm: string;
  readonly list: string;
  readonly bytes: string;
  readonly lost: string;
  readonly claims: string;
}

export class Measuring {
  readonly #peer: Peer;
  readonly #installed: string;
  readonly #root: string;
  #projects = 0;

  /** `root`: where its projects are made. */
  constructor(peer: Peer, installed: string, root: string) {
    this.#peer = peer;
    this.#installed = installed;
    this.#root = root;
  }

  async all(): Promise<Measured> {
    const [start, tools] = await cells(2, () => this.#startOf());
    const [coldRate, warmRate, list, bytes] = await cells(4, () => this.#oneAfterAnother());
    const [lost] = await cells(1, () => this.#together());
    const [claims] = await cells(1, () => this.#claiming());
    return {
      start: start ?? '',
      tools: tools ?? '',
      cold: coldRate ?? '',
      warm: warmRate ?? '',
      list: list ?? '',
      bytes: bytes ?? '',
      lost: lost ?? '',
      claims: claims ?? '',
    };
  }

  async #startOf(): Promise<string[]> {
    const place = await this.#project();
    const times: number[] = [];
    let bytes = 0;
    for (let n = 0; n <= starts; n++) {
      const begun = performance.now();
      const client = await this.#connect(place, 'creator');
      const list = await client.client.listTools();
      // The first reads the files from the disk.
      if (n > 0) times.push(performance.now() - begun);
      bytes = JSON.stringify(list).length;
      await client.close();
    }
    return [median(times).toFixed(0), `${(bytes / 1_000).toFixed(1)} KB`];
  }

  /** The first 200 of a server just started, the last 200 up to 1,000 tasks, then the lists. */
  async #oneAfterAnother(): Promise<string[]> {
    const place = await this.#project();
    const client = await this.#connect(place, 'creator');
    try {
      const create = (n: number) => ask(client, this.#peer.create(`bench-1-${n}`, place));
      const first = await timeEach(few, create);
      // Some have no limit: read while there are so many.
      const some = await this.#read(client, place, few);
      first.push(...(await timeEach(cold - few, (n) => create(few + n))));
      for (let n = cold; n < many - cold; n++) await create(n);
      const last = await timeEach(cold, (n) => create(many - cold + n));
      const times: number[] = [];
      let found = 0;
      for (let n = 0; n < lists; n++) {
        let pages: readonly string[] = [];
        times.push(
          await timed(async () => {
            pages = await this.#read(client, place, many);
          }),
        );
        found = marksOf(pages.join('')).size;
      }
      const whole = found === many ? '' : ` (${found} of them)`;
      const bytes = `${(some.join('').length / 1_000).toFixed(1)} KB`;
      return [rate(first), rate(last), `${median(times).toFixed(0)}${whole}`, bytes];
    } finally {
      await client.close();
    }
  }

  /** Four processes that write 50 each; a fresh one says what is there. */
  async #together(): Promise<string[]> {
    const place = await this.#project();
    const acknowledged = new Set<string>();
    let refused = 0;
    const clients = await this.#several(place, () => 'creator');
    await Promise.all(
      clients.map(async (client, writer) => {
        for (let n = 0; n < createsEach; n++) {
          const mark = `bench-${writer + 2}-${n}`;
          try {
            await ask(client, this.#peer.create(mark, place));
            acknowledged.add(mark);
          } catch {
            refused += 1;
          }
        }
      }),
    );
    await closeAll(clients);
    const reader = await this.#connect(place, 'creator');
    const there = marksOf((await this.#read(reader, place, many)).join(''));
    await reader.close();
    const lost = [...acknowledged].filter((mark) => !there.has(mark)).length;
    return [`${lost} of ${acknowledged.size}${refused === 0 ? '' : `; ${refused} refused`}`];
  }

  /** Four processes that claim the same 50 tasks in the same order. */
  async #claiming(): Promise<string[]> {
    const place = await this.#project();
    const creator = await this.#connect(place, 'creator');
    const ids: string[] = [];
    for (let n = 0; n < createsEach; n++) {
      const answer = await ask(creator, this.#peer.create(`bench-9-${n}`, place));
      const found = this.#peer.idIn.exec(answer.replaceAll('\\"', '"'));
      const id = found?.[1] ?? found?.[0];
      if (id === undefined) throw new Error('the answer to a create names no task');
      ids.push(id);
    }
    await creator.close();
    const given = new Map<string, number>();
    const clients = await this.#several(place, (n) => `claimer-${n + 1}`);
    await Promise.all(
      clients.map(async (client, n) => {
        for (const id of ids) {
          const answer = await ask(client, this.#peer.claim(id, `claimer-${n + 1}`, place)).catch(() => null);
          if (answer !== null && this.#peer.isGiven(answer)) given.set(id, (given.get(id) ?? 0) + 1);
        }
      }),
    );
    await closeAll(clients);
    const twice = [...given.values()].filter((times) => times > 1).length;
    const never = createsEach - given.size;
    const note = this.#peer.claimNote === undefined ? '' : ` (${this.#peer.claimNote})`;
    return [`${twice} of ${createsEach}${never === 0 ? '' : `; ${never} by nobody`}${note}`];
  }

  /** The pages of a list, as they came. */
  async #read(client: BenchClient, place: Place, limit: number): Promise<string[]> {
    const pages: string[] = [];
    let next: string | null = null;
    do {
      const page: string = await ask(client, this.#peer.list(limit, place, next));
      pages.push(page);
      next = limit <= 100 ? null : (this.#peer.nextIn?.exec(page.replaceAll('\\"', '"'))?.[1] ?? null);
    } while (next !== null);
    return pages;
  }

  async #project(): Promise<Place> {
    this.#projects += 1;
    const project = join(this.#root, `project-${this.#projects}`);
    mkdirSync(project, { recursive: true });
    const place = { installed: this.#installed, project };
    await this.#peer.prepare(place);
    return place;
  }

  #connect(place: Place, who: string): Promise<BenchClient> {
    const { command, args, env } = this.#peer.start(place, who);
    // A home of its own: nothing of the user's is read or written.
    const home = { HOME: this.#root, USERPROFILE: this.#root, DO_NOT_TRACK: '1' };
    const path = process.env['PATH'] ?? '';
    return connectTo({
      command,
      args: [...args],
      cwd: place.project,
      stderr: 'ignore',
      env: { PATH: path, ...home, ...env },
    });
  }

  async #several(place: Place, who: (n: number) => string): Promise<BenchClient[]> {
    const clients = await Promise.all(Array.from({ length: writers }, (_, n) => this.#connect(place, who(n))));
    await Promise.all(clients.map(({ client }) => client.listTools()));
    return clients;
  }
}

/** A program that cannot do one thing is still measured at the others. */
async function cells(count: number, measure: () => Promise<string[]>): Promise<string[]> {
  try {
    return await measure();
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).replaceAll(/[|\n]/g, ' ').slice(0, 80);
    return Array.from({ length: count }, () => `failed: ${why}`);
  }
}

async function ask(client: BenchClient, { tool, args }: Call): Promise<string> {
  return JSON.stringify(await client.ask(tool, args));
}

function marksOf(text: string): Set<string> {
  return new Set(text.match(/bench-\d+-\d+/g) ?? []);
}

function rate(times: readonly number[]): string {
  return ((times.length * 1_000) / times.reduce((sum, time) => sum + time, 0)).toFixed(0);
}

async function closeAll(clients: readonly BenchClient[]): Promise<void> {
  await Promise.all(clients.map((client) => client.close()));
}
