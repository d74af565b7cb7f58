/** What a server offers: plain objects, free of the protocol. */
import type { CompletionSource, PromptDefinition, ResourceDefinition, ToolDefinition } from '../define-tool.ts';
import type { Federation } from '../federation.ts';

export interface Definitions {
  readonly tools: readonly ToolDefinition[];
  readonly resources: readonly ResourceDefinition[];
  readonly prompts: readonly PromptDefinition[];
  /** Names and ids beginning with what has been typed, for completion. */
  readonly completions: CompletionSources;
  /** Given to clients that show them to the model. */
  readonly instructions: string;
  readonly version: string;
}

/** Gives what begins with `typed`, best first; more than fits is cut. */
export type Complete = (typed: string, federation: Federation) => Promise<readonly string[]>;
export type CompletionSources = Readonly<Record<CompletionSource, Complete>>;
