/** Several processes that write to one federation at the same time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { workerFile } from './lab.ts';

/** One process for each entry, whose decisions take that many ms. Gives how long each call of each took, in ms. */
export async function writeTogether(
  folder: string,
  seconds: number,
  decisions: readonly (number | 'bare')[],
): Promise<readonly (readonly number[])[]> {
  const writers = decisions.map((decision) => {
    const args = [workerFile('writer'), folder, String(seconds), String(decision)];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines: AsyncIterator<string, undefined> = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return { child, lines };
  });
  await Promise.all(writers.map(({ lines }) => lines.next()));
  for (const { child } of writers) child.stdin.write('begin\n');
  return await Promise.all(
    writers.map(async ({ child, lines }) => {
      const { value } = await lines.next();
      if (child.exitCode === null) await once(child, 'exit');
      if (value === undefined) throw new Error('Expected the times of a writer, got none');
      return value.split(' ').map(Number);
    }),
  );
}
