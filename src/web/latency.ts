/** How long requests took, as Prometheus counts it: a counter for each bound, and the sum. */
const bounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 60] as const;

interface Row {
  readonly counts: number[];
  sum: number;
  count: number;
}

export class Latency {
  readonly #rows = new Map<string, Row>();

  /** `route`: one of a few; a path that somebody made up must not become a row. */
  note(route: string, status: number, seconds: number): void {
    const key = `route="${route}",status="${status}"`;
    const row = this.#rows.get(key) ?? { counts: bounds.map(() => 0), sum: 0, count: 0 };
    this.#rows.set(key, row);
    row.sum += seconds;
    row.count += 1;
    for (const [index, bound] of bounds.entries())
      if (seconds <= bound) row.counts[index] = (row.counts[index] ?? 0) + 1;
  }

  text(): string {
    const name = 'federation_http_request_seconds';
    const lines = [`# HELP ${name} How long requests took until their answer began.`, `# TYPE ${name} histogram`];
    for (const [labels, { counts, sum, count }] of this.#rows) {
      for (const [index, bound] of bounds.entries()) {
        lines.push(`${name}_bucket{${labels},le="${bound}"} ${counts[index] ?? 0}`);
      }
      lines.push(`${name}_bucket{${labels},le="+Inf"} ${count}`);
      lines.push(`${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${count}`);
    }
    return `${lines.join('\n')}\n`;
  }
}
