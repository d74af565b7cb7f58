import type { PromptDefinition } from '../src/define-tool.ts';

export const prompts: readonly PromptDefinition[] = [];
