/** Every prompt, in the order clients list them. */
import type { PromptDefinition } from '../src/define-tool.ts';
import { deliberate } from './deliberate.ts';
import { handOff } from './hand-off.ts';
import { review } from './review.ts';
import { startSession } from './start-session.ts';

export const prompts: readonly PromptDefinition[] = [startSession, handOff, deliberate, review];
