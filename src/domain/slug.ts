import { z } from 'zod';

/** Agents, types, topics and rules are short slugs: `kimi-ide`, `implementation`. */
export const slug = z
  .string()
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'Expected a slug: lower-case letters, digits and single hyphens')
  .max(40);
