import type { Command } from 'commander';
import { examples } from '../arguments.ts';
import type { Host } from '../host.ts';
import { addQueueAdd } from './queue-add.ts';
import { addQueueOperate } from './queue-operate.ts';
import { addQueueRead } from './queue-read.ts';
import { addQueueWork } from './queue-work.ts';

export function addQueue(program: Command, host: Host): void {
  const queue = program
    .command('queue')
    .summary('the task queue')
    .description('Queue tasks, see them, work on them, steer them.')
    .addHelpText('after', examples('fed queue list', 'fed queue add "Write the release notes" --to claude'));
  addQueueAdd(queue, host);
  addQueueRead(queue, host);
  addQueueWork(queue, host);
  addQueueOperate(queue, host);
}
