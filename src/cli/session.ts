/** One run of a command: the opened federation, who acts, and how results are shown. */
import type { Command } from 'commander';
import type { Actor } from '../domain/commands.ts';
import { CallerError, StoreError } from '../domain/errors.ts';
import { visibleJson } from '../domain/text.ts';
import type { ResourceDefinition, ToolDefinition, ToolResult } from '../define-tool.ts';
import type { Federation } from '../federation.ts';
import { findDir } from '../config/find-dir.ts';
import { setting } from '../config/settings.ts';
import type { Host, OpenSettings } from './host.ts';
import { inCommands } from './in-commands.ts';
import { UsageError } from './report-error.ts';
import { manyLines, oneLine, paint, type Terminal } from './terminal.ts';
import { kindOf, whoActs } from './who-acts.ts';

export interface GlobalOptions {
  readonly dir?: string;
  readonly as?: string;
  readonly store?: string;
  readonly json?: boolean;
}

export interface Session {
  readonly federation: Federation;
  readonly terminal: Terminal;
  readonly json: boolean;
  /** @throws OperatorError, CallerError where it is not clear who acts. */
  readonly actor: () => Actor;
  /** Runs a tool exactly as a client would. Arguments that are undefined count as not given. */
  readonly call: (tool: string, args?: Readonly<Record<string, unknown>>) => Promise<ToolResult>;
  readonly read: (uri: string) => Promise<unknown>;
  /** Prints the object itself with `--json`, else what `render` makes of it, then what to do next. */
  readonly show: (result: unknown, render: (terminal: Terminal) => string) => void;
}

/** Opens the federation for one command and closes it whatever happens. */
export async function withSession(
  host: Host,
  command: Command,
  work: (session: Session) => Promise<void>,
  { evenIfBroken = false }: Pick<OpenSettings, 'evenIfBroken'> = {},
): Promise<void> {
  const options = command.optsWithGlobals<GlobalOptions>();
  const federation = await host.open({ ...openSettings(host, options), evenIfBroken });
  // The store's timers and watchers let a process end; a command that waits on them (log --follow,
  // queue claim --wait) must not.
  const alive = setInterval(() => {}, 60_000);
  const actor = (): Actor =>
    whoActs({ as: options.as, environment: host.environment, interactive: host.interactive }, federation.config);
  try {
    warnOfFault(federation, host);
    // Reading needs no identity, but a name that was typed wrong is a mistake there too.
    if (options.as !== undefined) kindOf(options.as, federation.config);
    await federation.catchUp();
    await work({
      federation,
      terminal: host.terminal,
      json: options.json === true,
      actor,
      call: async (name, args = {}) => {
        const tool = toolNamed((await host.surface()).tools, name);
        return await tool.handle(parseArguments(tool, args), {
          federation,
          actor,
          signal: host.signal,
          progress: async () => {},
        });
      },
      read: async (uri) => {
        const { resource, variables } = resourceFor((await host.surface()).resources, uri);
        return await resource.read(variables, federation);
      },
      show: (result, render) => show(host, options.json === true, result, render),
    });
  } finally {
    await federation.close().finally(() => clearInterval(alive));
  }
}

/** @throws StoreError `store-unavailable` where there is no federation. */
export function openSettings(host: Host, options: GlobalOptions): OpenSettings {
  const { environment, workingFolder } = host;
  const { dir, exists, passedOver } = findDir({ option: options.dir, environment, cwd: workingFolder });
  if (!exists) {
    const init = options.dir === undefined ? 'fed init' : `fed init --dir ${options.dir}`;
    throw new StoreError(
      'store-unavailable',
      `Expected a federation, got no folder ${dir}.`,
      `Make one with ${init}, or name another with --dir.`,
    );
  }
  return { folder: dir, passedOver, store: options.store ?? setting(environment['FEDERATION_STORE']) ?? undefined };
}

export function show(host: Host, json: boolean, result: unknown, render: (terminal: Terminal) => string): void {
  if (json) {
    host.out(`${visibleJson(JSON.stringify(result, null, 2))}\n`);
    return;
  }
  const text = render(host.terminal);
  if (text !== '') host.out(`${text}\n`);
  const next = nextOf(result);
  // The rows say themselves how to get the next page, in the command line's own way.
  if (next !== '' && !hasNextPage(result))
    host.out(`${paint(`→ ${oneLine(inCommands(next))}`, 'dim', host.terminal)}\n`);
}

function nextOf(result: unknown): string {
  return typeof result === 'object' && result !== null && 'next' in result && typeof result.next === 'string'
    ? result.next
    : '';
}

function hasNextPage(result: unknown): boolean {
  return typeof result === 'object' && result !== null && 'next_cursor' in result;
}

function toolNamed(tools: readonly ToolDefinition[], name: string): ToolDefinition {
  const tool = tools.find((candidate) => candidate.name === name);
  if (tool === undefined) throw new Error(`Expected a tool named ${name} in tools/index.ts, got none`);
  return tool;
}

function parseArguments(tool: ToolDefinition, args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
  const result = tool.input.safeParse(given);
  if (result.success) return result.data;
  const faults = result.error.issues.map(
    (issue) => `${inCommands(issue.path.join('.')) || 'arguments'}: ${issue.message}`,
  );
  throw new UsageError(faults.join('\n'), 'See the same command with --help.');
}

function resourceFor(
  resources: readonly ResourceDefinition[],
  uri: string,
): { readonly resource: ResourceDefinition; readonly variables: Readonly<Record<string, string>> } {
  for (const resource of resources) {
    const variables = matchUri(resource.uri, uri);
    if (variables !== null) return { resource, variables };
  }
  throw new CallerError('not-found', `Expected a known resource, got ${uri}.`, 'See docs/tools.md for what there is.');
}

/** `federation://queue/{agent}` against `federation://queue/kimi`. */
function matchUri(template: string, uri: string): Record<string, string> | null {
  const names = [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  const pattern = template.split(/\{\w+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  const found = new RegExp(`^${pattern.join('([^/]+)')}$`).exec(uri);
  if (found === null) return null;
  return Object.fromEntries(names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')]));
}

function warnOfFault(federation: Federation, host: Host): void {
  const { fault, configWarnings } = federation;
  for (const { message, next } of configWarnings) {
    const label = paint('fed: configuration:', 'yellow', host.errorTerminal);
    host.err(`${label} ${manyLines(message)}\n  → ${oneLine(next)}\n`);
  }
  if (fault === null) return;
  const label = paint('fed: read-only:', 'yellow', host.errorTerminal);
  host.err(`${label} ${oneLine(fault.message)}\n  → ${oneLine(fault.next)}\n`);
}
