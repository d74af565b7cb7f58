/**
 * What a command is here: a row of a table. Most rows name a tool, where each
 * word of the command line goes in its arguments, and how its result is shown;
 * a command with a life of its own says how it runs. The schema of the input
 * decides the rest: which options may be repeated, which are switches, which
 * values there are, and what is wrong with one.
 */
import { z } from 'zod';
import { readerOf, type ToolDefinition, type ToolResult } from '../define-tool.ts';
import type { TaskBrief } from '../views/task-views.ts';
import type { VoteBrief } from '../views/vote-views.ts';
import { withoutWrapping } from '../arguments/schema-parts.ts';
import type { Host } from './host.ts';
import { listedBrief, renderTasks } from './render/render-task-list.ts';
import { renderVotes } from './render/render-vote.ts';
import { type RunContext, type Session, withSession } from './session.ts';
import { stacked, type Terminal } from './terminal.ts';

/** Makes of a typed word what the input takes; the schema does the rest. */
export type Form = (text: string, host: Host) => unknown;

/**
 * `<task>`, `[task]` or `<reason...>`, or an option's flags, `-n, --limit <count>`; the argument it gives; what it is.
 * Words of `<reason...>` are joined where the argument is no list.
 */
export type Usage<Name extends string = string> = readonly [
  usage: string,
  name: Name,
  about: string,
  /** Of a switch: what it stands for; true unless said, and false for `--no-retry`. */
  form?: Form | boolean,
];

/** What several rows share: where the command stands and what its help says. */
interface Described {
  /** `queue add`. */
  readonly path: string;
  /** In the list of commands. */
  readonly about: string;
  /** At the head of its own help. */
  readonly more?: string;
  readonly examples: readonly string[];
  readonly exclusive?: readonly (readonly string[])[];
  /** Not for people: in no list of commands. */
  readonly hidden?: boolean;
}

export interface CommandRow extends Omit<Described, 'exclusive'> {
  readonly input: z.ZodObject;
  readonly arguments: readonly Usage[];
  readonly options: readonly Usage[];
  /** The tool it calls, with the arguments that the command itself stands for. */
  readonly tool: string | null;
  readonly fixed: Readonly<Record<string, unknown>>;
  /** Its first argument takes several ids: what it does, it does to all of them or to none. */
  readonly several: boolean;
  /** Flags of which one may be given. */
  readonly exclusive: readonly (readonly string[])[];
  /** What was typed, with what is missing asked for. */
  readonly fill?: Fill;
  /** Whether it writes files; that the journal grew is seen without it. */
  readonly writesFiles?: (input: Record<string, unknown>) => boolean;
  /** `inputs`: one, or one for each id where there are several. */
  run(inputs: readonly Record<string, unknown>[], context: RunContext): Promise<void>;
}

/** @throws UsageError where nobody can be asked */
export type Fill = (given: Record<string, unknown>, host: Host) => Promise<Record<string, unknown>>;

/** Commands of one word that only have others below them. */
export type GroupRow = Omit<Described, 'exclusive'>;

/** What a command without a tool takes. */
interface OwnInput<Input extends z.ZodObject> extends Described {
  readonly input: Input;
  readonly arguments?: readonly Usage<keyof Input['shape'] & string>[];
  readonly options?: readonly Usage<keyof Input['shape'] & string>[];
  /** The tool that it does the work of, where it has one. */
  readonly stands?: string;
  readonly fill?: Fill;
  readonly writesFiles?: (input: Record<string, unknown>) => boolean;
}

interface OwnCommand<Input extends z.ZodObject> extends OwnInput<Input> {
  run(input: z.output<Input>, context: RunContext): Promise<void>;
}

/** A command with a life of its own. */
export function command<Input extends z.ZodObject>(row: OwnCommand<Input>): CommandRow {
  const { stands, ...described } = row;
  return {
    arguments: [],
    options: [],
    fixed: {},
    exclusive: [],
    ...described,
    tool: stands ?? null,
    several: false,
    run: async ([first], context) => await row.run(row.input.parse(first), context),
  };
}

interface SessionCommand<Input extends z.ZodObject, Output> extends OwnInput<Input> {
  /** Changes nothing: a short id will do in a script, too. */
  readonly readOnly?: boolean;
  readonly do: (input: z.output<Input>, session: Session) => Promise<Output & ToolResult> | (Output & ToolResult);
  readonly render: (output: Output, terminal: Terminal) => string;
}

/** A command without a tool that opens the federation, does one thing and shows what it gave. */
export function sessionCommand<Input extends z.ZodObject, Output>(row: SessionCommand<Input, Output>): CommandRow {
  const { do: act, render, readOnly = false, ...described } = row;
  return command({
    ...described,
    run: (input, context) =>
      withSession(context, async (session) => {
        const output = await act(session.whole(row.input, input, !readOnly), session);
        session.show(output, (terminal) => render(output, terminal));
      }),
  });
}

interface ToolCommand<Input extends z.ZodObject> extends Omit<OwnInput<Input>, 'path' | 'input' | 'stands'> {
  /** Arguments that the command itself stands for: `fed queue fail` is complete_task with outcome failure. */
  readonly fixed?: Partial<z.input<Input>>;
  /** Opens by the defaults where the configuration is broken. */
  readonly evenIfBroken?: (input: z.output<Input>) => boolean;
  /** What a person is asked to confirm: it cannot be undone, or is an agent's to do. Null: nothing. */
  readonly asks?: (input: z.output<Input>, session: Session) => string | null;
  /** Takes several ids: does the tool's work for all of them or for none, and gives what they have become. */
  readonly all?: (inputs: readonly z.output<Input>[], session: Session) => Promise<readonly (TaskBrief | VoteBrief)[]>;
}

/** A command that calls a tool exactly as a client would, and shows what it gave. */
export function toolCommand<Input extends z.ZodObject, Output extends ToolResult>(
  path: string,
  tool: ToolDefinition<Input, Output>,
  render: (output: NoInfer<Output>, terminal: Terminal) => string,
  { fixed = {}, evenIfBroken, asks, all, ...row }: ToolCommand<Input>,
): CommandRow {
  const isChange = !tool.hints.readOnly;
  const confirm = async (inputs: readonly z.output<Input>[], session: Session): Promise<void> => {
    if (asks === undefined || session.actor().kind !== 'person') return;
    const questions = inputs.flatMap((input) => asks(input, session) ?? []);
    if (questions.length > 0) await session.confirm(questions.join('\n'));
  };
  const one = async (given: z.output<Input>, session: Session): Promise<void> => {
    const input = session.whole(tool.input, given, isChange);
    await confirm([input], session);
    const output = await callTool(tool, input, session);
    session.show(output, (terminal) => render(output, terminal));
  };
  const several = async (given: readonly z.output<Input>[], session: Session): Promise<void> => {
    const whole = given.map((input) => session.whole(tool.input, input, isChange));
    await confirm(whole, session);
    const items = (await all?.(whole, session)) ?? [];
    session.show({ items, total: items.length, next: '' }, (terminal) => renderItems(items, terminal));
  };
  return {
    ...command({ ...row, path, input: tool.input, stands: tool.name, run: async () => {} }),
    fixed,
    several: all !== undefined,
    run: (inputs, context) => {
      const given = inputs.map((input) => tool.input.parse(input));
      const [first, ...more] = given;
      if (first === undefined) throw new Error('Expected a command line to give arguments, got none');
      const evenIf = { evenIfBroken: evenIfBroken?.(first) === true };
      return withSession(
        context,
        (session) => (more.length === 0 ? one(first, session) : several(given, session)),
        evenIf,
      );
    },
  };
}

/** What several tasks or votes have become. */
export function renderItems(items: readonly (TaskBrief | VoteBrief)[], terminal: Terminal): string {
  const tasks = items.filter((item) => 'task_id' in item);
  const votes = items.filter((item) => 'vote_id' in item);
  return stacked([
    tasks.length === 0 ? '' : renderTasks({ items: tasks.map(listedBrief), total: tasks.length }, terminal),
    votes.length === 0 ? '' : renderVotes({ items: votes, total: votes.length }, terminal),
  ]);
}

/** Runs a tool as a client would; `input` has been parsed. */
export async function callTool<Input extends z.ZodObject, Output extends ToolResult>(
  tool: ToolDefinition<Input, Output>,
  input: z.output<Input>,
  { federation, actor, signal }: Pick<Session, 'federation' | 'actor' | 'signal'>,
): Promise<Output> {
  return await tool.handle(input, {
    federation,
    actor,
    reader: () => readerOf(actor),
    signal,
    progress: async () => {},
  });
}

/** What a switch stands for. */
export function switchValue([usage, , , form]: Usage): boolean {
  return typeof form === 'boolean' ? form : !/--no-/.test(usage);
}

/** What an argument takes, as its schema says. */
export interface Taking {
  readonly isList: boolean;
  readonly isSwitch: boolean;
  readonly isRequired: boolean;
  readonly choices: readonly string[];
}

export function takingOf(input: z.ZodObject, name: string): Taking {
  const field: unknown = input.shape[name];
  if (!(field instanceof z.ZodType)) throw new Error(`Expected the input to have ${name}, got none`);
  const inner = withoutWrapping(field);
  const element = inner instanceof z.ZodArray ? withoutWrapping(inner.element) : inner;
  return {
    isList: inner instanceof z.ZodArray,
    isSwitch: inner instanceof z.ZodBoolean,
    isRequired: !field.isOptional(),
    choices: element instanceof z.ZodEnum ? element.options.map(String) : [],
  };
}
