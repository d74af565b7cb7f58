import type { ResourceDefinition } from '../src/define-tool.ts';

export const resources: readonly ResourceDefinition[] = [];
