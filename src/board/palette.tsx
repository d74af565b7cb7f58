import { useEffect, useRef, useState } from 'preact/hooks';
import type { Outcome } from './context.ts';
import { pageLinks } from './frame.tsx';

interface PaletteProps {
  readonly call: (tool: string, args: Readonly<Record<string, unknown>>) => Promise<Outcome>;
  readonly go: (path: string) => void;
  readonly onClose: () => void;
}

interface Hit {
  readonly href: string;
  readonly title: string;
  readonly note: string;
}

const askAfter = 150;

/** Goes to a page, or to a task by its words. */
export function Palette({ call, go, onClose }: PaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState('');
  const [tasks, setTasks] = useState<readonly Hit[]>([]);
  const [at, setAt] = useState(0);
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    if (text.trim() === '') {
      setTasks([]);
      return undefined;
    }
    const timer = setTimeout(() => {
      void call('list_tasks', { text: text.trim(), limit: 8 }).then((outcome) =>
        setTasks(outcome.ok ? hitsIn(outcome.result['items']) : []),
      );
    }, askAfter);
    return () => clearTimeout(timer);
  }, [text, call]);
  const words = text.trim().toLowerCase();
  const pages = pageLinks
    .filter(({ title }) => title.toLowerCase().includes(words))
    .map(({ href, title }) => ({ href, title, note: 'page' }));
  const hits: readonly Hit[] = [...pages, ...tasks];
  const open = (hit: Hit | undefined): void => {
    if (hit === undefined) return;
    onClose();
    go(hit.href);
  };
  return (
    <dialog
      ref={dialog}
      class="pal"
      aria-label="Search"
      onClose={onClose}
      onClick={(event) => (event.target === event.currentTarget ? onClose() : undefined)}
    >
      <input
        type="search"
        aria-label="A page, or words of a task"
        placeholder="A page, or words of a task"
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setAt(Math.min(hits.length - 1, at + 1));
          else if (event.key === 'ArrowUp') setAt(Math.max(0, at - 1));
          else if (event.key === 'Enter') open(hits[at]);
          else return;
          event.preventDefault();
        }}
      />
      <ul>
        {hits.map((hit, index) => (
          <li key={hit.href}>
            <a href={hit.href} aria-current={index === at ? 'true' : undefined}>
              {hit.title}
              <span class="t q">{hit.note}</span>
            </a>
          </li>
        ))}
      </ul>
    </dialog>
  );
}

function hitsIn(items: unknown): readonly Hit[] {
  if (!Array.isArray(items)) return [];
  return items.flatMap((item: unknown): Hit[] => {
    if (typeof item !== 'object' || item === null || !('task_id' in item) || !('description' in item)) return [];
    const id = String(item.task_id);
    return [{ href: `/tasks/${id}`, title: String(item.description), note: id }];
  });
}
