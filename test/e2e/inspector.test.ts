import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { makeProject, serverProgram } from '../support/project.ts';

const run = promisify(execFile);
const inspector = resolve(import.meta.dirname, '../../node_modules/.bin/mcp-inspector');

async function inspect(dir: string, ...args: string[]): Promise<unknown> {
  const env = ['-e', `FEDERATION_DIR=${dir}`, '-e', 'FEDERATION_AGENT=copilot'];
  const { stdout } = await run(inspector, ['--cli', ...env, process.execPath, serverProgram, ...args], {
    maxBuffer: 2 ** 24,
  });
  return JSON.parse(stdout);
}

describe.each(['legacy', 'modern'])('the inspector’s command line in the %s era', (era) => {
  it('lists the tools and calls one', async () => {
    const { dir, folder } = makeProject();
    const listed = await inspect(dir, '--protocol-era', era, '--method', 'tools/list');
    const { tools } = z.object({ tools: z.array(z.looseObject({ name: z.string() })) }).parse(listed);
    expect(tools.map(({ name }) => name)).toContain('queue_task');
    const called = await inspect(
      dir,
      '--protocol-era',
      era,
      '--method',
      'tools/call',
      '--tool-name',
      'queue_task',
      '--tool-arg',
      'description=From the inspector',
    );
    expect(called).toMatchObject({
      structuredContent: { task: { status: 'pending', description: 'From the inspector' } },
    });
    expect(join(folder, '.federation')).toBe(dir);
  });
});
