/** What has changed in place is washed for a second, so that the eye finds it. */
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

const washMs = 1_000;
/** What came this shortly ago is new; anything older has only been scrolled to. */
const newMs = 5_000;

/** As they were last seen, by their key: a row that moves to another column is another element. */
const seen = new Map<string, string>();
const mostSeen = 2_000;

/** `since`: when it came to be. */
export function useWash(key: string, value: object, since: string): RefObject<HTMLElement | null> {
  const element = useRef<HTMLElement>(null);
  const text = JSON.stringify(value);
  useEffect(() => {
    const before = seen.get(key);
    if (seen.size > mostSeen) seen.clear();
    seen.set(key, text);
    const isNew = before === undefined && seen.size > 1 && Date.now() - Date.parse(since) < newMs;
    if (
      (isNew || (before !== undefined && before !== text)) &&
      !matchMedia('(prefers-reduced-motion: reduce)').matches
    ) {
      element.current?.animate({ backgroundColor: ['var(--wash)', 'var(--wash)', 'transparent'] }, washMs);
    }
  }, [key, text, since]);
  return element;
}
