/**
 * What `fed work` shows: on a terminal one line for each run, kept at the bottom and drawn anew as it goes on, with what
 * started and ended above; in a pipe a line for each thing that happens.
 */
import type { Activity } from '../runner/runner-context.ts';
import { thousands } from './render/render-runs.ts';
import { cutTo, oneLine, paint, type Terminal } from './terminal.ts';

interface Row {
  readonly agent: string;
  readonly about: string;
  readonly since: number;
  text: string;
  tokens: number;
  cost: number | null;
}

const drawEveryMs = 500;
const eraseBelow = '\u001B[J';

export class LiveRuns {
  readonly #out: (text: string) => void;
  readonly #terminal: Terminal;
  readonly #json: boolean;
  readonly #rows = new Map<string, Row>();
  #drawn = 0;
  readonly #timer: NodeJS.Timeout | null;

  constructor(out: (text: string) => void, terminal: Terminal, json: boolean) {
    this.#out = out;
    this.#terminal = terminal;
    this.#json = json;
    this.#timer = terminal.width === null || json ? null : setInterval(() => this.#draw(), drawEveryMs);
  }

  tell(activity: Activity): void {
    const { kind, run_id, agent, about, text, minutes, usage } = activity;
    if (this.#json) return this.#out(`${JSON.stringify(activity)}\n`);
    if (kind === 'started')
      this.#rows.set(run_id, { agent, about, since: performance.now(), text, tokens: 0, cost: null });
    const row = this.#rows.get(run_id);
    if (row !== undefined) {
      row.text = text;
      row.tokens = (usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0);
      row.cost = usage?.cost_usd ?? null;
    }
    if (kind === 'ended') this.#rows.delete(run_id);
    const after = kind === 'ended' ? ` after ${minutes.toFixed(1)} min${used(row)}` : '';
    const isLine = kind !== 'activity' || this.#terminal.width === null;
    if (isLine) this.#line(`${agent} ${about} ${kind === 'activity' ? '' : `${kind}: `}${oneLine(text)}${after}`);
  }

  say(text: string): void {
    if (this.#json) this.#out(`${JSON.stringify({ kind: 'note', text })}\n`);
    else this.#line(oneLine(text));
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#erase();
  }

  #line(text: string): void {
    this.#erase();
    const clock = (this.#terminal.now?.() ?? new Date().toISOString()).slice(11, 19);
    this.#out(`${paint(clock, 'dim', this.#terminal)} ${text}\n`);
    this.#draw();
  }

  #draw(): void {
    const { width } = this.#terminal;
    if (width === null || this.#json) return;
    this.#erase();
    const lines = [...this.#rows.values()].map((row) => {
      const minutes = ((performance.now() - row.since) / 60_000).toFixed(1);
      return cutTo(`  ${row.agent}  ${row.about}  ${minutes} min${used(row)}  ${oneLine(row.text)}`, width - 1);
    });
    if (lines.length > 0) this.#out(`${lines.map((line) => paint(line, 'cyan', this.#terminal)).join('\n')}\n`);
    this.#drawn = lines.length;
  }

  #erase(): void {
    if (this.#drawn > 0) this.#out(`\u001B[${this.#drawn}A\r${eraseBelow}`);
    this.#drawn = 0;
  }
}

function used(row: Row | undefined): string {
  if (row === undefined) return '';
  const tokens = row.tokens === 0 ? '' : `, ${thousands(row.tokens)} tokens`;
  return `${tokens}${row.cost === null ? '' : `, $${row.cost.toFixed(2)}`}`;
}
