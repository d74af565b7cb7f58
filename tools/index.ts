import type { ToolDefinition } from '../src/define-tool.ts';

/** Every tool, in the order in which clients list them. */
export const tools: readonly ToolDefinition[] = [];
