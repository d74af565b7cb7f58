/** The one place where arguments are validated, whoever sends them. */
import type { z } from 'zod';
import { invalidArguments, type NameOf } from './describe-issues.ts';
import { forgive } from './forgive.ts';

export interface Parsing {
  /** As the caller knows it: `queue_task`, `fed queue add`. */
  readonly name: string;
  readonly input: z.ZodObject;
  /** What the caller calls an argument; left out: by its own name. */
  readonly nameOf?: NameOf;
}

/** @throws CallerError `invalid` that names the argument, what was expected and what was got. */
export function parseArguments<Input extends z.ZodObject>(
  { name, input, nameOf }: Parsing & { readonly input: Input },
  given: unknown,
): z.output<Input> {
  const forgiven = forgive(input, given ?? {});
  const parsed = input.safeParse(forgiven);
  if (parsed.success) return parsed.data;
  throw invalidArguments({ name, input, nameOf, given: forgiven }, parsed.error.issues);
}
