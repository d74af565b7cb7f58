/** Files of the project for a model on this machine: reading and writing, links that lead out refused. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { z } from 'zod';
import type { Project } from '../files/project.ts';
import type { LocalTool } from './local-tool.ts';

const longestRead = 256 * 1024;
const longestWrite = 1024 * 1024;
const mostNames = 500;

/** `federation`: its folder, which holds what no model is to change. */
export function projectTools(project: Project, federation: string): readonly LocalTool[] {
  return [
    {
      name: 'read_file',
      description: 'Read a text file of the project. The path is relative to the project.',
      input: z.strictObject({ path: z.string().min(1).max(1_000) }),
      run: async (given) => {
        const { path } = z.object({ path: z.string() }).parse(given);
        return (await project.read(path, longestRead)).toString('utf8');
      },
    },
    {
      name: 'write_file',
      description: 'Write a text file of the project, replacing what is there. Makes the folders of its path.',
      input: z.strictObject({ path: z.string().min(1).max(1_000), content: z.string().max(longestWrite) }),
      run: async (given) => {
        const { path, content } = z.object({ path: z.string(), content: z.string() }).parse(given);
        return await writeInProject(project, federation, path, content);
      },
    },
    {
      name: 'list_files',
      description: 'The files and folders in a folder of the project; "." is the project itself.',
      input: z.strictObject({ path: z.string().min(1).max(1_000).default('.') }),
      run: async (given) => {
        const { path } = z.object({ path: z.string().default('.') }).parse(given);
        const entries = await readdir(project.place(path), { withFileTypes: true });
        const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
        return names.length <= mostNames
          ? names.join('\n')
          : `${names.slice(0, mostNames).join('\n')}\n… and ${names.length - mostNames} more`;
      },
    },
  ];
}

/** Gives what was written, in words. @throws ProjectFileError where the path leads out of the project. */
export async function writeInProject(
  project: Project,
  federation: string,
  path: string,
  content: string,
): Promise<string> {
  const place = project.placeToWrite(path, federation);
  await mkdir(dirname(place), { recursive: true });
  // A link that somebody put there meanwhile would lead elsewhere.
  if (project.placeToWrite(path, federation) !== place) throw new Error(`${path} changed meanwhile`);
  await writeFile(place, content);
  return `wrote ${relative(project.dir, place)} (${content.length} characters)`;
}
