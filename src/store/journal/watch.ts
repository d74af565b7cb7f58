/**
 * Notices that others appended: `fs.watch` on the journal's folder, with a look
 * every 250 ms behind it for systems where that is late or silent.
 */
import { type FSWatcher, watch } from 'node:fs';

const lookEveryMs = 250;
/** Each append of this process is an event as well: one look serves all that come within this time. */
const gatherMs = 5;

/** Calls back when `hasNews` says so. Keeps no process alive. Gives the way to stop. */
export function watchFolder(folder: string, hasNews: () => boolean, listener: () => void): () => void {
  let watcher: FSWatcher | undefined;
  let isScheduled = false;
  let isStopped = false;

  const look = () => {
    isScheduled = false;
    if (isStopped) return;
    try {
      if (!hasNews()) return;
    } catch {
      // Whatever is wrong with the disk is reported by the next read.
      return;
    }
    listener();
  };
  const schedule = () => {
    if (isScheduled) return;
    isScheduled = true;
    setTimeout(look, gatherMs).unref();
  };
  const begin = () => {
    try {
      watcher = watch(folder, { persistent: false }, schedule);
      watcher.on('error', end);
    } catch {
      // The folder is not there yet, or the system has no watch left: the timer goes on looking.
    }
  };
  const end = () => {
    watcher?.close();
    watcher = undefined;
  };

  begin();
  const timer = setInterval(() => {
    if (!watcher) begin();
    look();
  }, lookEveryMs);
  timer.unref();

  return () => {
    isStopped = true;
    clearInterval(timer);
    end();
  };
}
