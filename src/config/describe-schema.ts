/** The configuration's keys as data, for the commented default file and for the docs. */
import { z } from 'zod';
import { configSchema } from './schema.ts';

export interface ConfigKey {
  readonly key: string;
  /** For people: `integer, 1 to 100`. */
  readonly type: string;
  readonly meaning: string;
  /** `undefined` where there is none. */
  readonly default: unknown;
  /** The keys inside. */
  readonly keys: readonly ConfigKey[];
  /** Whether the keys inside stand below names that the user gives. */
  readonly named: boolean;
  /** Whether the keys inside are those of each entry of a list. */
  readonly listed: boolean;
}

const schemaNode = z.object({
  type: z.string().optional(),
  description: z.string().default(''),
  default: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  pattern: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  maxLength: z.number().optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  properties: z.record(z.string(), z.unknown()).default({}),
  additionalProperties: z.unknown().optional(),
});
type SchemaNode = z.infer<typeof schemaNode>;

export function describeConfig(): readonly ConfigKey[] {
  const { properties } = schemaNode.parse(z.toJSONSchema(configSchema, { io: 'input' }));
  return keysOf(properties).filter(({ key }) => key !== '$schema');
}

/** The keys inside, those of lists and objects in them with their path: `when.type`. */
export function innerKeys(keys: readonly ConfigKey[], path = ''): ConfigKey[] {
  return keys.flatMap((key) => {
    const whole = { ...key, key: `${path}${key.key}` };
    if (key.keys.length === 0) return [whole];
    const inside = innerKeys(key.keys, `${path}${key.key}${key.listed ? '[]' : ''}.`);
    return key.listed ? [{ ...whole, keys: [] }, ...inside] : inside;
  });
}

function keysOf(properties: Readonly<Record<string, unknown>>): ConfigKey[] {
  return Object.entries(properties).map(([key, value]) => {
    const node = schemaNode.parse(value);
    const entry = schemaNode.safeParse(node.additionalProperties);
    const item = schemaNode.safeParse(node.items);
    const listed = item.success && Object.keys(item.data.properties).length > 0;
    const inside = listed ? item.data : entry.success ? entry.data : objectIn(node);
    return {
      key,
      type: typeOf(node),
      meaning: node.description,
      default: node.default,
      keys: keysOf(inside.properties),
      named: entry.success,
      listed,
    };
  });
}

/** A setting that may be null has its keys in the other choice. */
function objectIn(node: SchemaNode): SchemaNode {
  const choices = (node.anyOf ?? []).map((choice) => schemaNode.parse(choice));
  return choices.find(({ type }) => type === 'object') ?? node;
}

function typeOf(node: SchemaNode): string {
  if (node.anyOf !== undefined) return node.anyOf.map((choice) => typeOf(schemaNode.parse(choice))).join(' or ');
  if (node.enum !== undefined) return node.enum.map((value) => JSON.stringify(value)).join(', ');
  if (node.type === 'array') return `list of ${typeOf(schemaNode.parse(node.items))}`;
  if (node.type === 'string') return node.pattern === undefined ? 'text' : 'slug';
  if (node.type === 'boolean') return 'true or false';
  if (node.type === 'integer' || node.type === 'number') return `${node.type}${rangeOf(node)}`;
  return node.type ?? 'any JSON';
}

function rangeOf({ minimum, maximum }: SchemaNode): string {
  // JSON Schema of an integer always has bounds, the widest being no bounds to a reader.
  const from = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? null : minimum;
  const to = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? null : maximum;
  if (from !== null && to !== null) return `, ${from} to ${to}`;
  if (from !== null) return `, at least ${from}`;
  return to === null ? '' : `, at most ${to}`;
}
