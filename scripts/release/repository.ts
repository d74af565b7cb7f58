/** Where the program is published from: written once, into what npm and the MCP registry read. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { jsonText } from '../../src/config/json-text.ts';

const manifest = z.object({ name: z.string(), repository: z.object({ url: z.string() }).optional() });

/** Null: nobody has said yet. npm refuses provenance without it, and the registry's name begins with its owner. */
export async function repositoryOf(root: string): Promise<string | null> {
  const { repository } = manifest.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  return repository?.url ?? null;
}

/** `owner/name` on GitHub. Gives the files that were written. @throws Error where it is none */
export async function setRepository(root: string, place: string): Promise<readonly string[]> {
  const [, owner] = /^([a-zA-Z\d-]+)\/[\w.-]+$/.exec(place) ?? [];
  if (owner === undefined) throw new Error(`Expected OWNER/NAME of a repository on GitHub, got ${place}`);
  const url = `https://github.com/${place}`;
  const { name } = manifest.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  const title = `io.github.${owner}/${name}`;
  const wanted: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    'package.json': { mcpName: title, repository: { type: 'git', url: `git+${url}.git` } },
    'server.json': { name: title, repository: { url, source: 'github' } },
  };
  for (const [file, fields] of Object.entries(wanted)) {
    const before = await readFile(join(root, file), 'utf8');
    const after = Object.entries(fields).reduce((text, [key, value]) => jsonText.set(text, [key], value), before);
    await writeFile(join(root, file), after);
  }
  return Object.keys(wanted);
}
