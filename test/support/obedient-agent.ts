/**
 * An agent that follows nothing but `next`: of the calls which an answer names it makes the first, as it stands, and
 * fills in only what the work itself gives (a summary, a choice). It ends its turn where `next` lets it.
 */
import { z } from 'zod';
import { localAuthentication } from '../../src/mcp/authentication.ts';
import type { Service } from '../../src/mcp/connection.ts';
import { callsSaid } from './advice.ts';
import { connectTo } from './mcp-connections.ts';

type Arguments = Readonly<Record<string, unknown>>;
/** What the work gives, by tool; a function is asked each time. */
export type Mind = Readonly<Record<string, Arguments | (() => Arguments)>>;

const usual: Mind = {
  complete_task: { outcome: 'success', summary: 'Done as described; see the files.' },
  review_task: { verdict: 'accept', note: 'Clear and complete.' },
  cast_vote: { choice: 'app', confidence: 0.9, reasoning: 'It is simpler.' },
  release_task: { reason: 'It needs something else first.' },
};

const withNext = z.looseObject({ next: z.string() });
export type Answer = z.infer<typeof withNext>;

export class ObedientAgent {
  readonly #name: string;
  readonly #call: Awaited<ReturnType<typeof connectTo>>['call'];
  /** What it called, in order. */
  readonly called: string[] = [];
  readonly answers: Answer[] = [];

  private constructor(name: string, call: Awaited<ReturnType<typeof connectTo>>['call']) {
    this.#name = name;
    this.#call = call;
  }

  static async connect(service: Service, name: string): Promise<ObedientAgent> {
    const { call } = await connectTo(service, localAuthentication(name, {}));
    return new ObedientAgent(name, call);
  }

  /** What it does by its own decision. @throws Error where that is refused: a wrong call */
  async do(tool: string, args: Arguments = {}): Promise<Answer> {
    this.called.push(tool);
    const { isError, text, structured } = await this.#call(tool, { ...args });
    if (isError) throw new Error(`${this.#name} was led to a wrong call, ${tool} ${JSON.stringify(args)}: ${text}`);
    const answer = withNext.parse(structured);
    this.answers.push(answer);
    return answer;
  }

  /** Makes the call that the last answer names first. Gives null where it names none, or lets the turn end. */
  async follow(mind: Mind = {}): Promise<Answer | null> {
    const next = this.answers.at(-1)?.next ?? '';
    const [first] = callsSaid(next);
    if (first === undefined || next.includes('end your turn')) return null;
    const given = mind[first.tool] ?? usual[first.tool] ?? {};
    return await this.do(first.tool, { ...first.arguments, ...(typeof given === 'function' ? given() : given) });
  }

  /** Goes on until there is nothing to do: from the start of a session, or from what it just did. */
  async turn(mind: Mind = {}, from: 'start' | 'here' = 'start'): Promise<void> {
    if (from === 'start') await this.do('start_session');
    while ((await this.follow(mind)) !== null) {
      if (this.called.length > 200)
        throw new Error(`${this.#name} goes in a circle: ${this.called.slice(-9).join(' ')}`);
    }
  }
}
