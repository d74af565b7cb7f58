/** A ballot from what a program answered; anything else is none. */
import { z } from 'zod';

const ballot = z.object({
  choice: z.string().trim().min(1).max(400),
  confidence: z.number().min(0).max(1),
  reasoning: z.string().trim().min(1).max(4_000),
});

/** A value by the schema, or a text that holds one JSON object, perhaps with words around it. */
export function ballotFrom(answer: unknown): z.output<typeof ballot> | null {
  if (typeof answer !== 'string') return ballot.safeParse(answer).data ?? null;
  const [from, to] = [answer.indexOf('{'), answer.lastIndexOf('}')];
  if (from === -1 || to < from) return null;
  try {
    return ballot.safeParse(JSON.parse(answer.slice(from, to + 1))).data ?? null;
  } catch {
    return null;
  }
}
