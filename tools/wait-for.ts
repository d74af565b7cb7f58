/** Long polling: try, and try again whenever something changed, until there is a result or the time is up. */
import type { ToolContext } from '../src/define-tool.ts';

/** How often a waiting client is told that the call is alive. */
const progressEveryMs = 5_000;

/**
 * Gives the first result that is not null, or null when `seconds` have passed
 * or the client has gone. Tries once even with 0 seconds.
 */
export async function waitFor<T>(
  { federation, signal, progress }: Pick<ToolContext, 'federation' | 'signal' | 'progress'>,
  seconds: number,
  message: string,
  attempt: () => Promise<T | null>,
): Promise<T | null> {
  const first = await attempt();
  if (first !== null || seconds <= 0) return first;
  const started = performance.now();
  const elapsed = (): number => (performance.now() - started) / 1_000;
  let changed = true;
  let wake: (() => void) | null = null;
  const rouse = (): void => wake?.();
  const unsubscribe = federation.subscribe(() => {
    changed = true;
    rouse();
  });
  const alive = setInterval(() => void progress(elapsed(), seconds, message), progressEveryMs);
  signal.addEventListener('abort', rouse);
  try {
    while (elapsed() < seconds && !signal.aborted) {
      if (changed) {
        changed = false;
        const found = await attempt();
        if (found !== null) return found;
        continue;
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(seconds - elapsed(), 1) * 1_000);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = null;
    }
    return null;
  } finally {
    clearInterval(alive);
    signal.removeEventListener('abort', rouse);
    unsubscribe();
  }
}
