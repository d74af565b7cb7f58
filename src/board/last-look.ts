/** When this browser last looked at the board: what came since stands where nothing needs anybody. */
import { useEffect, useState } from 'preact/hooks';

const name = 'federation-looked';

/** `now`: federation time, as the page goes out of sight. */
export function noteLook(now: string): void {
  localStorage.setItem(name, now);
}

/** Null: it never did, and on the server. */
export function useLastLook(): string | null {
  const [at, setAt] = useState<string | null>(null);
  useEffect(() => {
    const read = (): void => {
      const kept = localStorage.getItem(name);
      if (document.visibilityState === 'visible' && !Number.isNaN(Date.parse(kept ?? ''))) setAt(kept);
    };
    read();
    document.addEventListener('visibilitychange', read);
    return () => document.removeEventListener('visibilitychange', read);
  }, []);
  return at;
}
