import type { ToolDefinition } from '../src/define-tool.ts';

export const tools: readonly ToolDefinition[] = [];
