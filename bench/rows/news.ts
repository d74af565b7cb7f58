/** From the call that changes something to the notice at a subscriber of another process. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../support/connect.ts';
import { describeTask } from '../support/in-process.ts';
import { serverFile } from '../support/lab.ts';
import { median, ms } from '../support/numbers.ts';
import type { Row } from '../support/row.ts';

const changes = 40;
const watched = 'federation://queue';

export const newsRow: Row = {
  name: 'news',
  measure: async (lab) => {
    const folder = lab.folder();
    const writer = await connect(serverFile, '--as', 'reuben', '--dir', folder);
    const reader = await connect(serverFile, '--as', 'kimi', '--dir', folder);
    await writer.call('queue_task', { description: 'The first' });
    let told: () => void = () => {};
    reader.client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
      if (params.uri === watched) told();
    });
    await reader.client.subscribeResource({ uri: watched });
    await reader.call('list_tasks', {});

    const times: number[] = [];
    for (let n = 0; n < changes; n++) {
      // Uneven, so that no timer of the reader is always at the same place.
      await sleep(60 + 7 * n);
      const notice = new Promise<void>((resolve) => {
        told = resolve;
      });
      const begun = performance.now();
      await Promise.all([writer.call('queue_task', { description: describeTask(n) }), notice]);
      times.push(performance.now() - begun);
    }
    await Promise.all([writer.close(), reader.close()]);
    return [
      {
        what: 'a change seen by a subscriber of another process, longest',
        measured: Math.max(...times),
        unit: 'ms',
        target: 300,
        met: 'at most',
        detail: `from the call to the notice; median ${ms(median(times))} of ${changes}`,
      },
    ];
  },
};
