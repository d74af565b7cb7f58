import { useEffect, useRef, useState } from 'preact/hooks';
import type { LogLine, PageOf } from '../../views/pages/page.ts';
import { useBoard } from '../context.ts';
import { Clock, Head, Text } from '../parts.tsx';
import { Pick } from '../task-fields.tsx';
import { count } from '../words.ts';

type Data = PageOf<'log'>;

/** A filter is asked for this long after the last key. */
const askAfter = 250;

export function Log({ data }: { readonly data: Data }) {
  const { shell, go } = useBoard();
  // What is on the page stays where it is: newer lines wait until they are asked for.
  const [shown, setShown] = useState<{ readonly of: string; readonly entries: readonly LogLine[] }>({
    of: JSON.stringify(data.filters),
    entries: data.entries,
  });
  const [text, setText] = useState(data.filters.text);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const filters = JSON.stringify(data.filters);
  useEffect(() => {
    if (filters !== shown.of) setShown({ of: filters, entries: data.entries });
  }, [filters, shown.of, data.entries]);

  const first = shown.entries[0]?.place;
  const newest = data.entries.findIndex(({ place }) => place === first);
  const newer = filters !== shown.of ? 0 : newest === -1 ? data.entries.length : newest;
  const ask = (who: string, words: string): void => {
    const search = new URLSearchParams([
      ...(who === '' ? [] : [['who', who]]),
      ...(words === '' ? [] : [['text', words]]),
    ]);
    go(`/log${search.size === 0 ? '' : `?${search.toString()}`}`);
  };
  const people = [...shell.agents.map(({ name }) => name), shell.operator, 'system'];
  return (
    <>
      <Head title={`${count(data.records, 'record')}, ${shell.warning === null ? 'chain intact' : 'read-only'}.`}>
        {newer === 0 ? null : (
          <button type="button" class="btn outline" onClick={() => setShown({ of: filters, entries: data.entries })}>
            {newer} newer, show
          </button>
        )}
      </Head>
      <div class="filters" role="search" aria-label="Filter the log">
        <Pick
          label="Who"
          value={data.filters.who}
          options={[['', 'all'], ...people.map((name) => [name, name] as const)]}
          onPick={(who) => ask(who, text)}
        />
        <label class="fld">
          <span>Words</span>
          <input
            type="search"
            data-filter
            value={text}
            onInput={(event) => {
              const { value } = event.currentTarget;
              setText(value);
              clearTimeout(timer.current);
              timer.current = setTimeout(() => ask(data.filters.who, value), askAfter);
            }}
          />
        </label>
      </div>
      {shown.entries.length === 0 ? (
        <p class="d">{data.records === 0 ? 'Nothing has happened yet.' : 'Nothing matches.'}</p>
      ) : null}
      <ol class="log" aria-label="Newest first">
        {shown.entries.map(({ place, at, by, via, how, text: line }) => (
          <li key={place} data-item tabIndex={-1}>
            <Clock at={at} seconds />
            <b class={by === shell.operator ? 'you' : ''}>{by}</b>
            <span class="via">{via ?? ''}</span>
            <span class="d">
              <Text text={line} />
              {how === undefined ? '' : ` (${how})`}
            </span>
            <span class="tail m">{place}</span>
          </li>
        ))}
      </ol>
    </>
  );
}
