import { expect, it } from 'vitest';
import { z } from 'zod';
import { publishSchema } from '../../src/mcp/publish-schema.ts';

it('leaves out of a published schema what says nothing', () => {
  const schema = publishSchema(
    z.strictObject({
      any: z.int().optional(),
      some: z.int().min(1).max(9),
      at: z.iso.datetime().optional(),
      slug: z.string().regex(/^a$/).optional(),
      context: z.record(z.string(), z.unknown()).optional(),
      loose: z.looseObject({ path: z.string().optional() }).optional(),
    }),
  );
  expect(schema).toEqual({
    type: 'object',
    properties: {
      any: { type: 'integer' },
      some: { type: 'integer', minimum: 1, maximum: 9 },
      at: { type: 'string', format: 'date-time' },
      slug: { type: 'string', pattern: '^a$' },
      context: { type: 'object' },
      loose: { type: 'object', properties: { path: { type: 'string' } } },
    },
    required: ['some'],
    additionalProperties: false,
  });
});

it('keeps arguments that are named like keywords', () => {
  const schema = publishSchema(z.strictObject({ $schema: z.string(), pattern: z.string(), format: z.string() }));
  expect(Object.keys(schema.properties ?? {})).toEqual(['$schema', 'pattern', 'format']);
});
