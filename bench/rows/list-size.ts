/** What the list of tools costs every session of an agent: names, descriptions and input schemas. */
import { z } from 'zod';
import { firstList } from '../support/first-list.ts';
import { serverFile } from '../support/lab.ts';
import type { Row } from '../support/row.ts';

const listed = z.object({
  result: z.object({
    tools: z.array(z.object({ name: z.string(), description: z.string(), inputSchema: z.json() })),
  }),
});

export const listSizeRow: Row = {
  name: 'list-size',
  measure: async (lab) => {
    const sizeOf = async (...more: readonly string[]) => {
      const { answer } = await firstList(serverFile, '--as', 'kimi', '--dir', lab.folder(), ...more);
      const { tools } = listed.parse(JSON.parse(answer)).result;
      return { bytes: Buffer.byteLength(JSON.stringify(tools)), count: tools.length };
    };
    const all = await sizeOf();
    const core = await sizeOf('--tools', 'core');
    const size = (what: string, { bytes, count }: typeof all, target: number) =>
      ({
        what,
        measured: bytes / 1_024,
        unit: 'KB',
        target,
        met: 'at most',
        detail: `${bytes} bytes, ${count} tools`,
      }) as const;
    return [
      size('tools/list for an agent: names, descriptions, input schemas', all, 16),
      size('the same with --tools core', core, 9),
    ];
  },
};
