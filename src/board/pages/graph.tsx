import { useEffect, useRef, useState } from 'preact/hooks';
import type { GraphEdge, GraphNode, PageOf } from '../../views/pages/page.ts';
import { useBoard } from '../context.ts';
import { Fact, Facts, Head, Id } from '../parts.tsx';
import type { GraphLayout } from '../layout-graph.ts';
import { count, shortId } from '../words.ts';

type Data = PageOf<'graph'>;

export function Graph({ data }: { readonly data: Data }) {
  const { now } = useBoard();
  const [layout, setLayout] = useState<GraphLayout | null>(null);
  const [selected, setSelected] = useState<string | null>(null);
  const [asList, setAsList] = useState(false);
  const [zoom, setZoom] = useState(1);
  const shape = shapeOf(data);

  useEffect(() => {
    let isStale = false;
    void import('../layout-graph.ts').then(({ layOut }) => {
      if (!isStale) setLayout(layOut(data.nodes, data.edges));
    });
    return () => {
      isStale = true;
    };
    // Laid out again only where nodes or edges change: a new state of a task moves nothing.
  }, [shape]);

  const most = [...new Set(data.edges.filter(({ kind }) => kind === 'open').map(({ from }) => from))]
    .map((id) => ({ id, behind: behind(id, data.edges).size }))
    .sort((a, b) => b.behind - a.behind)[0];
  const broken = new Set(data.edges.filter(({ kind }) => kind === 'broken').map(({ from }) => from));
  const title = [
    ...(most === undefined ? [] : [`${shortId(most.id, now)} holds up ${count(most.behind, 'task')}`]),
    ...(broken.size === 0 ? [] : [`${broken.size} ${broken.size === 1 ? 'chain is' : 'chains are'} broken`]),
  ].join(', ');
  const chosen = data.nodes.find(({ id }) => id === selected) ?? null;
  const move = (key: string): boolean => {
    if (key === '+' || key === '=') setZoom(Math.min(3, zoom * 1.25));
    else if (key === '-') setZoom(Math.max(0.2, zoom / 1.25));
    else if (key === '0') setZoom(1);
    else if (key === 'ArrowRight' || key === 'ArrowLeft' || key === 'ArrowUp' || key === 'ArrowDown') {
      const next = neighbour(key, selected, data, layout);
      if (next !== null) setSelected(next);
    } else return false;
    return true;
  };
  return (
    <>
      <Head
        title={title === '' ? 'Nothing holds anything up.' : `${title}.`}
        sub={`${count(data.nodes.length, 'node')}${data.more === 0 ? '' : `, ${data.more} more not drawn`}.`}
      >
        <button type="button" class="btn dk" aria-label="Smaller" onClick={() => move('-')}>
          −
        </button>
        <button type="button" class="btn dk" aria-label="Larger" onClick={() => move('+')}>
          +
        </button>
        <button type="button" class="btn dk" onClick={() => move('0')}>
          Fit<kbd aria-hidden="true">0</kbd>
        </button>
        <button type="button" class="btn dk" aria-pressed={asList} onClick={() => setAsList(!asList)}>
          As a list
        </button>
      </Head>
      <div class="task">
        <div>
          <div class={asList ? 'hidden' : 'dk'}>
            {layout === null ? (
              <p class="s">Drawing…</p>
            ) : (
              <Drawing
                data={data}
                layout={layout}
                zoom={zoom}
                selected={selected}
                onSelect={setSelected}
                onKey={move}
              />
            )}
          </div>
          <div class={asList ? '' : 'ph'}>
            <List data={data} />
          </div>
        </div>
        <aside class="rail" aria-label="Selected">
          {chosen === null ? (
            <p class="s dk">Arrow keys follow the lines; Enter opens.</p>
          ) : (
            <Chosen node={chosen} data={data} />
          )}
          <section>
            <h2>Lines</h2>
            <div class="legend">
              {(['open', 'done', 'broken', 'use'] as const).map((kind) => (
                <span key={kind}>
                  <svg width="26" height="14" viewBox="0 0 26 14" aria-hidden="true">
                    <path class={`ed ${kind}`} d="M0 7h26" />
                  </svg>
                  {{ open: 'waits for', done: 'done', broken: 'broken', use: 'waits for a thing in use' }[kind]}
                </span>
              ))}
            </div>
          </section>
        </aside>
      </div>
    </>
  );
}

function shapeOf({ nodes, edges }: Data): string {
  return `${nodes.map(({ id }) => id).join()} ${edges.map(({ from, to }) => `${from}>${to}`).join()}`;
}

function behind(id: string, edges: readonly GraphEdge[], found: Set<string> = new Set()): Set<string> {
  for (const { from, to, kind } of edges) {
    if (from !== id || kind === 'done' || found.has(to)) continue;
    found.add(to);
    behind(to, edges, found);
  }
  return found;
}

/** Left and right along the lines, up and down within a column. */
function neighbour(
  key: string,
  selected: string | null,
  { nodes, edges }: Data,
  layout: GraphLayout | null,
): string | null {
  if (selected === null) return nodes[0]?.id ?? null;
  if (key === 'ArrowRight') return edges.find(({ from }) => from === selected)?.to ?? null;
  if (key === 'ArrowLeft') return edges.find(({ to }) => to === selected)?.from ?? null;
  const own = layout?.nodes.get(selected);
  if (layout === null || own === undefined) return null;
  const column = [...layout.nodes].filter(([, { x }]) => Math.abs(x - own.x) < 10).sort(([, a], [, b]) => a.y - b.y);
  const index = column.findIndex(([id]) => id === selected);
  return column[index + (key === 'ArrowDown' ? 1 : -1)]?.[0] ?? null;
}

interface DrawingProps {
  readonly data: Data;
  readonly layout: GraphLayout;
  readonly zoom: number;
  readonly selected: string | null;
  readonly onSelect: (id: string) => void;
  readonly onKey: (key: string) => boolean;
}

function Drawing({ data, layout, zoom, selected, onSelect, onKey }: DrawingProps) {
  const { now, go } = useBoard();
  const frame = useRef<HTMLDivElement>(null);
  const grabbed = useRef<{ x: number; y: number; left: number; top: number } | null>(null);
  useEffect(() => {
    frame.current?.querySelector('[aria-current="true"]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [selected]);
  const kinds = new Map(data.edges.map(({ from, to, kind }) => [`${from}>${to}`, kind]));
  return (
    <div
      ref={frame}
      class="canvas"
      tabIndex={0}
      role="group"
      aria-label="Dependencies, left to right. Arrow keys follow the lines, Enter opens, plus and minus zoom. The list has the same."
      onKeyDown={(event) => {
        if (event.key === 'Enter' && selected !== null)
          go(selected.startsWith('vote') ? `/votes/${selected}` : `/tasks/${selected}`);
        else if (!onKey(event.key)) return;
        event.preventDefault();
      }}
      onPointerDown={(event) => {
        const { scrollLeft: left, scrollTop: top } = event.currentTarget;
        grabbed.current = { x: event.clientX, y: event.clientY, left, top };
      }}
      onPointerMove={(event) => {
        if (grabbed.current === null || event.buttons !== 1) return;
        event.currentTarget.scrollLeft = grabbed.current.left + grabbed.current.x - event.clientX;
        event.currentTarget.scrollTop = grabbed.current.top + grabbed.current.y - event.clientY;
      }}
      onPointerUp={() => {
        grabbed.current = null;
      }}
    >
      <svg
        class="gr"
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        width={layout.width * zoom}
        height={layout.height * zoom}
        aria-hidden="true"
      >
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path class="arr" d="M0 0l8 4l-8 4z" />
          </marker>
        </defs>
        {layout.edges.map(({ from, to, path }) => (
          <path
            key={`${from}>${to}`}
            class={`ed ${kinds.get(`${from}>${to}`) ?? 'open'}`}
            d={path}
            marker-end="url(#arrow)"
          />
        ))}
        {data.nodes.map((node) => {
          const place = layout.nodes.get(node.id);
          if (place === undefined) return null;
          const [x, y] = [place.x - place.width / 2, place.y - place.height / 2];
          return (
            <g
              key={node.id}
              class={`nd ${toneOf(node)}${node.id === selected ? ' sel' : ''}`}
              aria-current={node.id === selected ? 'true' : undefined}
              onClick={() => onSelect(node.id)}
              onDblClick={() => go(`/${node.kind}s/${node.id}`)}
            >
              <rect x={x} y={y} width={place.width} height={place.height} rx="4" />
              <text class="t1" x={x + 10} y={y + 18}>
                {shortId(node.id, now)}
              </text>
              <text class="t3" x={x + place.width - 10} y={y + 18} text-anchor="end">
                {node.who}
              </text>
              <text class="t2" x={x + 10} y={y + 36}>
                {node.text.length > 22 ? `${node.text.slice(0, 21)}…` : node.text}
              </text>
              <text class="t3" x={x + 10} y={y + 52}>
                {node.type ?? node.kind}, {stateOf(node)}
              </text>
            </g>
          );
        })}
      </svg>
    </div>
  );
}

function toneOf({ status, kind }: GraphNode): string {
  if (status === 'failed' || status === 'cancelled') return 'bad';
  if (status === 'in-progress') return 'run';
  if (kind === 'vote' && status === 'escalated') return 'you';
  return status === 'completed' || status === 'decided' ? 'dn' : '';
}

function stateOf({ status, ready }: GraphNode): string {
  return status === 'pending' ? (ready ? 'ready' : 'waiting') : status;
}

function Chosen({ node, data }: { readonly node: GraphNode; readonly data: Data }) {
  const ids = (list: readonly string[]) =>
    list.map((id) => (
      <span key={id} class="rel">
        <Id id={id} />
      </span>
    ));
  const before = data.edges.filter(({ to }) => to === node.id).map(({ from }) => from);
  const after = data.edges.filter(({ from }) => from === node.id).map(({ to }) => to);
  return (
    <section>
      <h2>
        Selected <Id id={node.id} />
      </h2>
      <p class="d">{node.text}</p>
      <Facts>
        <Fact name="State">
          {stateOf(node)}, {node.who}
        </Fact>
        {before.length === 0 ? null : <Fact name="After">{ids(before)}</Fact>}
        {after.length === 0 ? null : <Fact name="Unblocks">{ids(after)}</Fact>}
      </Facts>
    </section>
  );
}

/** The same in words. */
function List({ data }: { readonly data: Data }) {
  return (
    <ul class="glist">
      {data.nodes.map((node) => {
        const before = data.edges.filter(({ to }) => to === node.id);
        return (
          <li key={node.id}>
            <Id id={node.id} /> {node.text}{' '}
            <span class="q">
              {stateOf(node)}, {node.who}
            </span>
            {before.length === 0 ? null : (
              <span class={before.some(({ kind }) => kind === 'broken') ? 'bad' : 'd'}>
                {' '}
                after{' '}
                {before.map(({ from, kind }) => (
                  <span key={from}>
                    <Id id={from} />
                    {kind === 'broken' ? ' (failed)' : kind === 'done' ? ' (done)' : ''}{' '}
                  </span>
                ))}
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
