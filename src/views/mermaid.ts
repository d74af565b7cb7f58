import { shown } from '../domain/text.ts';

/** Text from outside as part of a quoted Mermaid label: quotes and brackets there are Mermaid's own, entities are safe. */
export function mermaidLabel(text: string): string {
  return shown(text).replace(/[^\p{L}\p{N} .,:/_-]/gu, (character) => `#${character.codePointAt(0)};`);
}
