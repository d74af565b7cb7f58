/** What a schema is, below what may be left out. */
import { z } from 'zod';

export function withoutWrapping(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return withoutWrapping(schema.unwrap());
  }
  return schema instanceof z.ZodPipe ? withoutWrapping(schema.in) : schema;
}

/** The names that an object takes which stands at this place; none where no object does. */
export function namesAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const inner = withoutWrapping(schema);
  const [step, ...rest] = path;
  if (step === undefined) return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
  if (inner instanceof z.ZodArray) return namesAt(inner.element, rest);
  const field: unknown = inner instanceof z.ZodObject ? inner.shape[String(step)] : undefined;
  return field instanceof z.ZodType ? namesAt(field, rest) : [];
}
