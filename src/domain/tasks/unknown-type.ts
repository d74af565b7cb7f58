import { closest } from '../closest.ts';
import type { DecisionConfig } from '../decision-config.ts';

/** A type that no agent lists, and the known one that was probably meant. It is accepted: a person may do it. */
export interface UnknownType {
  readonly type: string;
  readonly nearest: string | null;
}

export function unknownType({ agents }: Pick<DecisionConfig, 'agents'>, type: string | null): UnknownType | null {
  const known = new Set(Object.values(agents).flatMap(({ types }) => types));
  return type === null || known.has(type) ? null : { type, nearest: closest(type, [...known]) };
}
