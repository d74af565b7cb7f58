/**
 * What a run says and does, for a browser that looks on: the end of it, again whenever there is more. Sending the end
 * instead of what is new makes a stream right from its first message, also after it was cut off.
 */
import { existsSync } from 'node:fs';
import { shown } from '../domain/text.ts';
import type { Federation } from '../federation.ts';
import { endOfLog, newestPart } from '../runner/bounded-log.ts';
import { activityLog, runFolder } from '../runner/runs-folder.ts';

/** As often as `fed runs follow` looks. */
const lookEveryMs = 250;
/** A word at least this often, so that a dead connection is noticed. */
const beatMs = 15_000;
const shownBytes = 4_000;

/** `folder`: the federation's. `id`: of a run that is known. */
export function runOutput(federation: Federation, folder: string, id: string): Response {
  const path = runFolder(folder, id);
  const encoder = new TextEncoder();
  let timer: NodeJS.Timeout | null = null;
  const stop = (): void => {
    if (timer !== null) clearInterval(timer);
  };
  const body = new ReadableStream<Uint8Array>({
    start(reader) {
      let seen = '';
      let saidAt = performance.now();
      const send = (event: string, data: object): void => {
        saidAt = performance.now();
        reader.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
      };
      // Somebody who reads slowly gets the newest end once there is room, not every one before it.
      const hasRoom = (): boolean => (reader.desiredSize ?? 0) > 0;
      const look = (): void => {
        const status = federation.state().runs.get(id)?.status ?? 'ended';
        if (existsSync(path)) {
          const part = newestPart(path, activityLog);
          const mark = part === null ? '' : `${part.path} ${part.size}`;
          if (mark !== seen && (hasRoom() || status === 'ended')) {
            seen = mark;
            send('output', { text: shown(endOfLog(path, activityLog, shownBytes)) });
          }
        } else if (status !== 'planned') return end({ is: 'elsewhere' });
        if (status === 'ended') end({ is: 'over' });
        else if (performance.now() - saidAt > beatMs && hasRoom()) send('beat', {});
      };
      const end = (why: object): void => {
        stop();
        send('end', why);
        reader.close();
      };
      timer = setInterval(() => {
        try {
          look();
        } catch (error) {
          stop();
          reader.error(error);
        }
      }, lookEveryMs).unref();
      look();
    },
    cancel: stop,
  });
  return new Response(body, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
  });
}
