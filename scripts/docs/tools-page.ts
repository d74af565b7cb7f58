/** docs/tools.md and the published form of each tool. */
import { z } from 'zod';
import { prompts } from '../../prompts/index.ts';
import { resources } from '../../resources/index.ts';
import type { ToolDefinition } from '../../src/define-tool.ts';
import { tools } from '../../tools/index.ts';
import { code, generated, page, table } from './markdown.ts';

const argumentSchema = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  description: z.string().default(''),
  default: z.unknown().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
});
const inputSchema = z.object({
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
});

/** What a client gets to see of a tool: a change to it is a change to the contract. */
export function publishedTool(tool: ToolDefinition): string {
  const { name, title, description, audience, core, hints } = tool;
  const published = { name, title, description, audience, core, hints, inputSchema: jsonSchemaOf(tool) };
  return `${JSON.stringify(published, null, 2)}\n`;
}

function jsonSchemaOf(tool: ToolDefinition): unknown {
  return z.toJSONSchema(tool.input, { io: 'input' });
}

function renderToolsTable(): string {
  return table(
    ['tool', 'for', 'what it does'],
    tools.map((tool) => [`[${code(tool.name)}](#${tool.name})`, audienceOf(tool), firstSentence(tool.description)]),
  );
}

export function renderToolsPage(): string {
  return page(
    '# Tools, resources, prompts',
    generated,
    'Every result is one JSON object with `next`: one sentence on what to do now. ' +
      'Unknown arguments are refused by name. Times are ISO 8601 UTC.',
    renderToolsTable(),
    ...tools.flatMap(renderTool),
    '## Resources',
    table(
      ['resource', 'type', 'what it is'],
      resources.map((resource) => [code(resource.uri), resource.mimeType, resource.description]),
    ),
    '## Prompts',
    table(
      ['prompt', 'arguments', 'what it is'],
      prompts.map((prompt) => [
        code(prompt.name),
        prompt.arguments.map(({ name, required }) => code(required ? name : `${name}?`)).join(', ') || '–',
        prompt.description,
      ]),
    ),
  );
}

function renderTool(tool: ToolDefinition): string[] {
  const { properties, required } = inputSchema.parse(jsonSchemaOf(tool));
  const rows = Object.entries(properties).map(([name, value]) => {
    const argument = argumentSchema.parse(value);
    const fallback = argument.default === undefined ? '' : ` Default: ${code(JSON.stringify(argument.default))}.`;
    return [code(name), required.includes(name) ? 'yes' : '', typeOf(value), `${argument.description}${fallback}`];
  });
  return [
    `## ${tool.name}`,
    `*${[audienceOf(tool), ...hintsOf(tool)].join(', ')}*`,
    tool.description,
    rows.length === 0 ? 'No arguments.' : table(['argument', 'required', 'type', 'meaning'], rows),
  ];
}

function audienceOf(tool: ToolDefinition): string {
  if (tool.audience === 'operator') return 'operator';
  return tool.core ? 'agents (core)' : 'agents';
}

function hintsOf({ hints }: ToolDefinition): string[] {
  return [
    ...(hints.readOnly ? ['only reads'] : []),
    ...(hints.destructive ? ['destructive'] : []),
    ...(hints.idempotent && !hints.readOnly ? ['may be repeated'] : []),
  ];
}

function typeOf(value: unknown): string {
  const parsed = argumentSchema.safeParse(value);
  if (!parsed.success) return 'any JSON';
  const { type, anyOf, items, minimum, maximum } = parsed.data;
  if (parsed.data.enum !== undefined) return parsed.data.enum.map((option) => code(String(option))).join(', ');
  if (parsed.data.const !== undefined) return code(JSON.stringify(parsed.data.const));
  if (anyOf !== undefined) return anyOf.map(typeOf).join(' or ');
  if (type === 'array') return `list of ${typeOf(items)}`;
  const bounded = minimum !== undefined && maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER;
  return `${[type ?? 'any JSON'].flat().join(' or ')}${bounded ? `, ${minimum} to ${maximum}` : ''}`;
}

function firstSentence(text: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;
}
