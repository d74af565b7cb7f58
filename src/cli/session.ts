/** One run of a command: the opened federation, who acts, and how results are shown. */
import type { Actor } from '../domain/commands.ts';
import { type Advice, inTools, nothingMore } from '../domain/advice.ts';
import { OperatorError, StoreError } from '../domain/errors.ts';
import { visibleJson } from '../domain/text.ts';
import type { ToolResult } from '../define-tool.ts';
import type { Federation } from '../federation.ts';
import { findDir } from '../config/find-dir.ts';
import { setting } from '../config/settings.ts';
import type { z } from 'zod';
import type { Host, OpenSettings } from './host.ts';
import { shortIds } from './render/ids.ts';
import { warn } from './report-error.ts';
import { withWholeIds } from './short-ids.ts';
import { oneLine, paint, stacked, type Terminal, wrapped } from './terminal.ts';
import { withTimes } from './times.ts';
import { kindOf } from '../identity/participant.ts';
import { runIn } from '../identity/run-identity.ts';
import { noteReached } from '../runner/runs-folder.ts';
import { whoActsIn } from './who-acts.ts';

export interface GlobalOptions {
  readonly dir?: string;
  readonly as?: string;
  readonly store?: string;
  readonly run?: string;
  readonly json?: boolean;
  /** Answers every confirmation. */
  readonly yes?: boolean;
}

/** One command line, on its way. */
export interface RunContext {
  readonly host: Host;
  readonly globals: GlobalOptions;
  /** What to do next, in the words of the command line. */
  readonly sayNext: (advice: Advice) => string;
}

export interface Session {
  readonly host: Host;
  readonly federation: Federation;
  /** What it lies in. */
  readonly folder: string;
  readonly terminal: Terminal;
  readonly json: boolean;
  readonly signal: AbortSignal;
  /** @throws OperatorError, CallerError where it is not clear who acts. */
  readonly actor: () => Actor;
  /** @throws OperatorError where the person says no, or nobody can be asked and `--yes` is missing. */
  readonly confirm: (question: string) => Promise<void>;
  /** The arguments with every id whole. */
  readonly whole: <Input extends z.ZodObject>(
    input: Input,
    given: z.output<Input>,
    isChange: boolean,
  ) => z.output<Input>;
  /** Prints the object itself with `--json`, else what `render` makes of it, then what to do next. */
  readonly show: <Result extends ToolResult>(result: Result, render: (terminal: Terminal) => string) => void;
}

/** Opens the federation for one command and closes it whatever happens. */
export async function withSession(
  context: RunContext,
  work: (session: Session) => Promise<void>,
  { evenIfBroken = false }: Pick<OpenSettings, 'evenIfBroken'> = {},
): Promise<void> {
  const { host, globals } = context;
  const settings = openSettings(context);
  const inRun = runIn(globals.run, host.environment);
  if (inRun !== null) noteReached(() => settings.folder, inRun);
  const onNotice = (text: string): void => host.err(`fed: ${oneLine(text)}\n`);
  const federation = await host.open({ ...settings, evenIfBroken, onNotice });
  // The store's timers and watchers let a process end; a command that waits on them (log --follow,
  // queue claim --wait) must not.
  const alive = setInterval(() => {}, 60_000);
  const { environment, interactive, signal } = host;
  const terminal: Terminal = { ...host.terminal, now: () => federation.now() };
  const caller = { as: globals.as, run: globals.run, environment, interactive };
  const actor = (): Actor => whoActsIn(federation.state(), caller, federation.config);
  const confirm = (question: string): Promise<void> => confirmed(context, question);
  try {
    warnOfFault(federation, host);
    // Reading needs no identity, but a name that was typed wrong is a mistake there too.
    if (globals.as !== undefined) kindOf(globals.as, federation.config);
    await federation.catchUp();
    await work({
      host,
      federation,
      folder: settings.folder,
      terminal,
      json: globals.json === true,
      signal,
      actor,
      confirm,
      whole: (input, given, isChange) => {
        const place = { state: federation.state(), now: federation.now(), isChange, interactive };
        return withWholeIds(input, given, place);
      },
      show: (result, render) => show(context, result, render, terminal),
    });
  } finally {
    await federation.close().finally(() => clearInterval(alive));
  }
}

async function confirmed({ host, globals }: RunContext, question: string): Promise<void> {
  if (globals.yes === true) return;
  if (!host.interactive) throw new OperatorError('not-allowed', question, 'Add --yes to continue.');
  const answer = await host.ask(`${question}\nContinue? [y/N] `);
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new OperatorError('not-allowed', 'Nothing was changed.', '');
}

/** @throws StoreError `store-unavailable` where there is no federation. */
export function openSettings({ host, globals }: RunContext): OpenSettings {
  const { environment, workingFolder } = host;
  const { dir, exists, passedOver } = findDir({ option: globals.dir, environment, cwd: workingFolder });
  if (!exists) {
    const init = globals.dir === undefined ? 'fed init' : `fed init --dir ${globals.dir}`;
    throw new StoreError(
      'store-unavailable',
      `No federation found: ${dir} does not exist.`,
      `Create one with ${init}, or name another with --dir.`,
    );
  }
  return { folder: dir, passedOver, store: globals.store ?? setting(environment['FEDERATION_STORE']) ?? undefined };
}

export function show<Result extends ToolResult>(
  { host, globals, sayNext }: RunContext,
  result: Result,
  render: (terminal: Terminal) => string,
  terminal: Terminal = host.terminal,
): void {
  if (globals.json === true) {
    host.out(`${visibleJson(JSON.stringify({ ...result, next: inTools(result.next) }, null, 2))}\n`);
    return;
  }
  const text = render(terminal);
  const next = paint(nextLine(sayNext(result.next), terminal), 'dim', terminal);
  const shown = stacked([text, next], text.includes('\n') ? '\n\n' : '\n');
  if (shown !== '') host.out(`${shown}\n`);
}

/** What is only said, with nothing to type, is no next step. */
function nextLine(next: string, terminal: Terminal): string {
  if (next === '' || next === nothingMore) return '';
  const text = withTimes(shortIds(oneLine(next), terminal), terminal);
  // A command is left in one piece, to be copied.
  return /\bfed [a-z]/.test(text) ? `Next: ${text}` : wrapped(text, terminal);
}

function warnOfFault(federation: Federation, host: Host): void {
  const { fault, configWarnings } = federation;
  for (const { message, next } of configWarnings) {
    warn(host, 'fed: configuration:', message, next);
  }
  if (fault !== null) warn(host, 'fed: read-only:', oneLine(fault.message), fault.next);
}
