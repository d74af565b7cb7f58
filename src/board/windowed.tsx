/** A long list of which only what is in sight is in the page. Every row has the same height. */
import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  Virtualizer,
  type VirtualizerOptions,
} from '@tanstack/virtual-core';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useReducer, useRef } from 'preact/hooks';

interface WindowedProps<Row> {
  readonly rows: readonly Row[];
  /** Rows there will be, where not all have come yet. */
  readonly total: number;
  readonly height: number;
  readonly keyOf: (row: Row) => string;
  readonly render: (row: Row) => ComponentChildren;
  readonly label: string;
}

/** Below this, all rows are in the page: searching in the browser finds them, and the server can render them. */
const fewRows = 60;
const overscan = 12;

export function Windowed<Row>(props: WindowedProps<Row>) {
  const { rows, render, keyOf, label } = props;
  if (rows.length <= fewRows) {
    return (
      <div class="lane" tabIndex={0} role="region" aria-label={label}>
        <ol>
          {rows.map((row) => (
            <li key={keyOf(row)}>{render(row)}</li>
          ))}
        </ol>
      </div>
    );
  }
  return <Window {...props} />;
}

function Window<Row>({ rows, height, keyOf, render, label }: WindowedProps<Row>) {
  const element = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const options: VirtualizerOptions<HTMLDivElement, HTMLLIElement> = {
    count: rows.length,
    getScrollElement: () => element.current,
    estimateSize: () => height,
    overscan,
    initialRect: { width: 300, height: 800 },
    observeElementRect,
    observeElementOffset,
    scrollToFn: elementScroll,
    onChange: () => redraw(0),
  };
  const kept = useRef<Virtualizer<HTMLDivElement, HTMLLIElement> | null>(null);
  kept.current ??= new Virtualizer(options);
  const virtualizer = kept.current;
  virtualizer.setOptions(options);
  useEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());

  const shown = virtualizer.getVirtualItems();
  const above = shown[0]?.start ?? 0;
  const below = Math.max(0, rows.length * height - above - shown.length * height);
  return (
    <div class="lane windowed" ref={element} tabIndex={0} role="region" aria-label={label}>
      <Space height={above} />
      <ol>
        {shown.map(({ index }) => {
          const row = rows[index];
          return row === undefined ? null : (
            <li key={keyOf(row)} class="fixed" aria-setsize={rows.length} aria-posinset={index + 1}>
              {render(row)}
            </li>
          );
        })}
      </ol>
      <Space height={below} />
    </div>
  );
}

/** Set by script as a property of the element: the policy allows no styles in the markup. */
function Space({ height }: { readonly height: number }) {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    element.current?.style.setProperty('height', `${height}px`);
  }, [height]);
  return <div ref={element} aria-hidden="true" />;
}
