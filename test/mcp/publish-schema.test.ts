import { expect, it } from 'vitest';
import { z } from 'zod';
import { localAuthentication } from '../../src/mcp/authentication.ts';
import { publishSchema } from '../../src/mcp/publish-schema.ts';
import { connectTo, makeService } from '../support/mcp-connections.ts';

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

it('refuses a schema that contains itself', () => {
  expect(() => publishSchema(z.strictObject({ context: z.record(z.string(), z.json()) }))).toThrow();
});

const listed = async (as: string, coreOnly = false) => {
  const { service } = await makeService();
  const { listTools } = await connectTo({ ...service, coreOnly }, localAuthentication(as, {}));
  return await listTools();
};

it('holds nothing that refers to anything, in any tool that is offered to anyone', async () => {
  const tools = await listed('reuben');
  expect(tools.length).toBeGreaterThan(25);
  for (const tool of tools) expect(JSON.stringify(tool)).not.toMatch(/"\$(?:ref|defs|schema|id|anchor)"/);
});

it('costs an agent at most 16 KB, and 9 KB with the core alone', async () => {
  const bytes = (tools: Awaited<ReturnType<typeof listed>>) =>
    Buffer.byteLength(
      JSON.stringify(tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))),
    );
  expect(bytes(await listed('claude'))).toBeLessThanOrEqual(16 * 1024);
  expect(bytes(await listed('claude', true))).toBeLessThanOrEqual(9 * 1024);
});
