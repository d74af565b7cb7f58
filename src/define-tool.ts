/**
 * What a tool, a resource and a prompt are here: plain objects, free of the
 * protocol. `src/mcp/` is the only place that knows how they travel.
 */
import type { z } from 'zod';
import type { Advice } from './domain/advice.ts';
import type { Actor } from './domain/commands.ts';
import { FederationError } from './domain/errors.ts';
import type { Federation, FederationChange } from './federation.ts';

/** What a handler works with. */
export interface ToolContext {
  /** Loaded before the handler runs, on the first call that needs it: the handshake never waits for the store. */
  readonly federation: Federation;
  /** The caller. Reading works without an identity; changes are refused with how to fix it. */
  readonly actor: () => Actor;
  /** Who reads the result; null where that is not known, which keeps nobody from reading. */
  readonly reader: () => Actor | null;
  /** The caller may look at everything and change nothing: not even what it has been told is kept. */
  readonly readOnly?: boolean;
  /** Aborts when the client cancels or leaves. */
  readonly signal: AbortSignal;
  /** Tells a waiting client that the call is alive; does nothing where it did not ask. */
  readonly progress: (elapsedSeconds: number, totalSeconds: number, message: string) => Promise<void>;
}

/** Somebody who is not known may read all the same. */
export function readerOf(actor: () => Actor): Actor | null {
  try {
    return actor();
  } catch (error) {
    if (error instanceof FederationError) return null;
    throw error;
  }
}

export interface ToolHints {
  readonly readOnly: boolean;
  readonly destructive: boolean;
  readonly idempotent: boolean;
}

/** What a call has left to a person: put to the one in front of the client where the client can ask. */
export interface PersonQuestion {
  readonly message: string;
  readonly choices: readonly string[];
  /** Carries the choice out as this person's and gives what the call now answers. */
  readonly answer: (choice: string, reason: string | null, person: Actor) => Promise<ToolResult>;
}

/** Every result says what to do next. On the wire `next` is one sentence. */
export interface ToolResult {
  readonly next: Advice;
}

export interface ToolDefinition<Input extends z.ZodObject = z.ZodObject, Output extends ToolResult = ToolResult> {
  readonly name: string;
  readonly title: string;
  /** When to use it and what comes back. Clients cut at 2 KB. */
  readonly description: string;
  /** `agent`: everyone. `operator`: offered only where a person is connected. */
  readonly audience: 'agent' | 'operator';
  /** Part of `--tools core`. */
  readonly core: boolean;
  /** For the two or three tools every session begins with: clients that fetch tools on demand load these at once. */
  readonly alwaysLoad?: boolean;
  /** Clients that can show its result as a card are told so. */
  readonly card?: boolean;
  readonly hints: ToolHints;
  /** Changes something, but not for a caller who may change nothing: `ToolContext.readOnly`. */
  readonly readsForReadOnly?: boolean;
  /** A `z.strictObject`: unknown arguments are refused by name. */
  readonly input: Input;
  /**
   * A method, not a function property, so that tools of different inputs fit
   * into one list; `input` has been parsed before.
   */
  handle(input: z.output<Input>, context: ToolContext): Promise<Output>;
  /** What this result leaves to a person; it waits in the inbox all the same. */
  question?(result: Output, context: ToolContext): PersonQuestion | null;
}

/** What a tool gives: the command line and the board render it by this type. */
export type OutputOf<Tool extends ToolDefinition> = Awaited<ReturnType<Tool['handle']>>;

/** Gives a tool its types; the list in `tools/index.ts` forgets them again. */
export function defineTool<Input extends z.ZodObject, Output extends ToolResult>(
  tool: ToolDefinition<Input, Output>,
): ToolDefinition<Input, Output> {
  return tool;
}

export interface ResourceDefinition {
  /** `federation://status`, or a template: `federation://tasks/{task_id}`. */
  readonly uri: string;
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly mimeType: 'application/json' | 'text/markdown' | 'text/vnd.mermaid';
  /** For a template: which variable is completed from what. */
  readonly completes?: { readonly variable: string; readonly from: CompletionSource };
  readonly read: (variables: Readonly<Record<string, string>>, federation: Federation) => Promise<unknown>;
  /** The URIs of this resource that these changes touch. */
  readonly changedBy: (change: FederationChange, federation: Federation) => readonly string[];
}

export type CompletionSource = 'agents' | 'tasks' | 'votes';

export interface PromptDefinition {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: readonly {
    readonly name: string;
    readonly description: string;
    readonly required: boolean;
    readonly completes?: CompletionSource;
  }[];
  /** The text put before the model. */
  readonly render: (args: Readonly<Record<string, string>>, context: ToolContext) => Promise<string>;
}
