/** Keys of the board. Single keys rest while somebody types, and can be switched off. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { pageLinks } from './page-links.ts';

interface KeyActions {
  readonly go: (path: string) => void;
  readonly onAdd: () => void;
  readonly onPalette: () => void;
  readonly onHelp: () => void;
  readonly onPause: () => void;
  readonly onEscape: () => void;
  /** Nothing was open that Escape could close. */
  readonly onBack: () => void;
  /** Something lies over the page. */
  readonly isOpen: boolean;
}

const switchName = 'federation-keys';

export function areKeysOn(): boolean {
  return localStorage.getItem(switchName) !== 'off';
}

export function switchKeys(on: boolean): void {
  localStorage.setItem(switchName, on ? 'on' : 'off');
}

export function useKeys({ go, onAdd, onPalette, onHelp, onPause, onEscape, onBack, isOpen }: KeyActions): void {
  // Outlives the page's being drawn anew between two keys.
  const isGoing = useRef(false);
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const { key, target } = event;
      const isTyping = target instanceof HTMLElement && target.matches('input, textarea, select');
      if ((event.ctrlKey || event.metaKey) && key.toLowerCase() === 'k') {
        event.preventDefault();
        onPalette();
        return;
      }
      if ((event.ctrlKey || event.metaKey) && key === 'Enter') {
        const around = target instanceof Element ? target.closest('form, [data-item]') : null;
        around?.querySelector<HTMLButtonElement>('[data-send]:not(:disabled)')?.click();
        return;
      }
      if (key === 'Escape') {
        onEscape();
        const isTaken = !dispatchEvent(new Event('board:escape', { cancelable: true }));
        if (isTyping) target.blur();
        else if (!isTaken && !isOpen) onBack();
        return;
      }
      if (isTyping || isOpen || event.ctrlKey || event.metaKey || event.altKey || !areKeysOn()) return;
      const page = isGoing.current ? pageLinks.find(({ letter }) => letter === key) : undefined;
      isGoing.current = false;
      if (page !== undefined) return go(page.href);
      switch (key) {
        case 'g':
          isGoing.current = true;
          return;
        case 'j':
        case 'k':
          return step(key === 'j' ? 1 : -1);
        // What they open takes the focus: the letter itself must not be typed there.
        case 'n':
          event.preventDefault();
          return onAdd();
        case '/':
          event.preventDefault();
          document.querySelector<HTMLElement>('[data-filter]')?.focus();
          return;
        case '?':
          return onHelp();
        case 'P':
          event.preventDefault();
          return onPause();
        case 'Enter': {
          const open = target instanceof HTMLElement ? target.dataset['open'] : undefined;
          if (open !== undefined) go(open);
          return;
        }
        default: {
          const named = `[data-key="${CSS.escape(key.toLowerCase())}"]:not(:disabled)`;
          const button = document.activeElement?.closest('[data-item]')?.querySelector<HTMLButtonElement>(named);
          if (button == null) return;
          event.preventDefault();
          button.click();
        }
      }
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  }, [go, onAdd, onPalette, onHelp, onPause, onEscape, onBack, isOpen]);
}

/** Closes what is open. Who types in it leaves it first, with what was typed; `always`: it is kept anyway. */
export function useEscape(isOpen: boolean, close: () => void, always = false): void {
  useLayoutEffect(() => {
    if (!isOpen) return undefined;
    const escape = (event: Event): void => {
      if (event.defaultPrevented) return;
      if (!always && document.activeElement?.matches('input, textarea, select') === true) return;
      event.preventDefault();
      close();
    };
    addEventListener('board:escape', escape);
    return () => removeEventListener('board:escape', escape);
  }, [isOpen, close, always]);
}

function step(by: number): void {
  const items = [...document.querySelectorAll<HTMLElement>('[data-item]')];
  const at = items.findIndex((item) => item.contains(document.activeElement));
  items[Math.max(0, Math.min(items.length - 1, at + by))]?.focus();
}
