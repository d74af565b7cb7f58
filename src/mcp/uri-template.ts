/** Finds the resource of a URI, by name or by template. */
import type { ResourceDefinition } from '../define-tool.ts';

export interface Found {
  readonly resource: ResourceDefinition;
  readonly variables: Readonly<Record<string, string>>;
}

type Finder = (uri: string) => Found | null;

const made = new WeakMap<readonly ResourceDefinition[], Finder>();

/** Patterns are made once; the SDK's template makes one at each match and leaves `%20` as it is. */
export function resourceFinder(resources: readonly ResourceDefinition[]): Finder {
  const known = made.get(resources) ?? finderOf(resources);
  made.set(resources, known);
  return known;
}

function finderOf(resources: readonly ResourceDefinition[]): Finder {
  const plain = new Map(resources.map((resource) => [resource.uri, { resource, variables: {} }]));
  const templates = resources.flatMap((resource) => {
    const names = [...resource.uri.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
    if (names.length === 0) return [];
    const parts = resource.uri.split(/\{\w+\}/).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
    return [{ resource, names, pattern: new RegExp(`^${parts.join('([^/]+)')}$`) }];
  });
  return (uri) => {
    const found = plain.get(uri);
    if (found !== undefined && !uri.includes('{')) return found;
    for (const { resource, names, pattern } of templates) {
      const match = pattern.exec(uri);
      if (match === null) continue;
      const variables = names.map((name, index) => [name, decode(match[index + 1] ?? '')] as const);
      return { resource, variables: Object.fromEntries(variables) };
    }
    return null;
  };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
