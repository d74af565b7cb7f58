/**
 * A tool's input as clients see it. Every session pays for these words, so
 * what says nothing is left out: about a third of what zod writes.
 *
 * Nothing in it refers to anything: some clients resolve references without
 * end where one leads back to itself, and drop the whole list of tools.
 */
import type { Tool } from '@modelcontextprotocol/server';
import { z } from 'zod';

type InputSchema = Tool['inputSchema'];

const rooted = z.looseObject({ type: z.literal('object') });

/** @throws where the schema contains itself: write an open object (`z.unknown()`) instead and check its values. */
export function publishSchema(input: z.ZodObject): InputSchema {
  return rooted.parse(tidy(z.toJSONSchema(input, { io: 'input', target: 'draft-2020-12', cycles: 'throw' })));
}

function tidy(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(tidy);
  if (typeof node !== 'object' || node === null) return node;
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    if (!saysNothing(key, value, node)) kept[key] = key === 'properties' ? tidyEach(value) : tidy(value);
  }
  return kept;
}

/** The names of arguments are not keywords: `properties: {format: …}` stays. */
function tidyEach(properties: unknown): unknown {
  if (typeof properties !== 'object' || properties === null) return properties;
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, tidy(schema)]));
}

function saysNothing(key: string, value: unknown, within: object): boolean {
  switch (key) {
    case '$schema':
      return true;
    case 'propertyNames':
      // Every JSON key is text.
      return JSON.stringify(value) === '{"type":"string"}';
    case 'additionalProperties':
      // Allowed unless forbidden.
      return JSON.stringify(value) === '{}';
    case 'minimum':
      return value === Number.MIN_SAFE_INTEGER;
    case 'maximum':
      return value === Number.MAX_SAFE_INTEGER;
    case 'pattern':
      // zod's own spelling of a format that is named beside it: 300 characters for a time.
      return 'format' in within;
    default:
      return false;
  }
}
