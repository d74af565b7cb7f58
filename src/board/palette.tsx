import { useEffect, useRef, useState } from 'preact/hooks';
import type { Outcome } from './context.ts';
import { pageLinks } from './page-links.ts';
import { wholeId } from './task-fields.tsx';
import { shortId } from './words.ts';

interface PaletteProps {
  readonly now: string;
  readonly call: (tool: string, args: Readonly<Record<string, unknown>>) => Promise<Outcome>;
  readonly go: (path: string) => void;
  readonly commands: readonly Command[];
  readonly onClose: () => void;
}

export interface Command {
  readonly title: string;
  /** The key that does the same. */
  readonly key: string;
  readonly run: () => void;
}

interface Hit {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  /** A place to go to, or what is done. */
  readonly to: string | (() => void);
}

const askAfter = 150;
const mostHits = 8;

/** Goes to a page, a task or a vote by its words, or does what has no place. */
export function Palette({ now, call, go, commands, onClose }: PaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [text, setText] = useState('');
  const [tasks, setTasks] = useState<readonly Hit[]>([]);
  const [votes, setVotes] = useState<readonly Hit[]>([]);
  const [at, setAt] = useState(0);
  useEffect(() => {
    dialog.current?.showModal();
    void call('list_votes', { limit: 100 }).then((outcome) =>
      setVotes(outcome.ok ? hitsIn(outcome.result['items'], 'vote', now) : []),
    );
  }, []);
  useEffect(() => {
    if (text.trim() === '') {
      setTasks([]);
      return undefined;
    }
    let isStale = false;
    const timer = setTimeout(() => {
      void find(text.trim(), now, call).then((items) => {
        if (!isStale) setTasks(hitsIn(items, 'task', now));
      });
    }, askAfter);
    return () => {
      isStale = true;
      clearTimeout(timer);
    };
  }, [text, call]);
  useEffect(() => list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' }), [at]);

  const words = text.trim().toLowerCase();
  const fits = (title: string): boolean => title.toLowerCase().includes(words);
  const hits: readonly Hit[] = [
    ...pageLinks
      .filter(({ title }) => fits(title))
      .map(({ href, title, letter }) => ({ id: href, title, note: `page, g ${letter}`, to: href })),
    ...commands
      .filter(({ title }) => fits(title))
      .map(({ title, key, run }) => ({ id: title, title, note: key, to: run })),
    ...tasks,
    ...(words === '' ? [] : votes.filter(({ id, title }) => fits(title) || id.includes(words)).slice(0, mostHits)),
  ];
  const open = (hit: Hit | undefined): void => {
    if (hit === undefined) return;
    onClose();
    if (typeof hit.to === 'string') go(hit.to);
    else hit.to();
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
        aria-label="A page, a command, or words of a task or vote"
        placeholder="A page, a command, or words of a task or vote"
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
      <ul ref={list}>
        {hits.map((hit, index) => {
          const isAt = index === at ? 'true' : undefined;
          const inside = (
            <>
              <span class="w">{hit.title}</span>
              <span class="t q">{hit.note}</span>
            </>
          );
          return (
            <li key={hit.id}>
              {typeof hit.to === 'string' ? (
                <a href={hit.to} aria-current={isAt}>
                  {inside}
                </a>
              ) : (
                <button type="button" aria-current={isAt} onClick={() => open(hit)}>
                  {inside}
                </button>
              )}
            </li>
          );
        })}
        {hits.length === 0 ? <li class="none">Nothing found.</li> : null}
      </ul>
    </dialog>
  );
}

/** By words, or by an id as the board shows it. */
async function find(text: string, now: string, call: PaletteProps['call']): Promise<unknown> {
  if (/^(?:[\d-]+|task-[\d-]+)$/.test(text)) {
    const named = await call('get_task', { task_id: text.startsWith('task-') ? text : wholeId(text, now) });
    return named.ok ? [named.result['task']] : [];
  }
  const listed = await call('list_tasks', { text, limit: mostHits });
  return listed.ok ? listed.result['items'] : [];
}

function hitsIn(items: unknown, kind: 'task' | 'vote', now: string): readonly Hit[] {
  if (!Array.isArray(items)) return [];
  return items.flatMap((item: unknown): Hit[] => {
    if (typeof item !== 'object' || item === null || !('status' in item)) return [];
    const id = `${kind}_id` in item ? String(Reflect.get(item, `${kind}_id`)) : '';
    const title = String(Reflect.get(item, kind === 'task' ? 'description' : 'question'));
    const note = `${kind === 'task' ? '' : 'vote '}${shortId(id, now)}, ${String(item.status)}`;
    return [{ id, title, note, to: `/${kind}s/${id}` }];
  });
}
