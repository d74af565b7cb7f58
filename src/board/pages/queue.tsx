import { useEffect, useMemo, useState } from 'preact/hooks';
import type { ColumnName, PageOf } from '../../views/pages/page.ts';
import type { TaskRow } from '../../views/task-rows.ts';
import { type Refused, useBoard } from '../context.ts';
import { useEscape } from '../keys.ts';
import { Age, type Deed, DeedLine, Head, Id, Left, Priority, Result, RowGlyph } from '../parts.tsx';
import { useRows } from '../rows.ts';
import { Pick } from '../task-fields.tsx';
import { TaskForm } from '../task-form.tsx';
import { useWash } from '../wash.ts';
import { Windowed } from '../windowed.tsx';
import { columnOf, columnTitles, compareRows, count, isShort, shortId, whoHas } from '../words.ts';
import { doubtWords } from './needs.tsx';

const names: readonly ColumnName[] = ['waiting', 'ready', 'in_progress', 'checking', 'done'];
const orders: Readonly<Record<ColumnName, string>> = {
  waiting: 'longest first',
  ready: 'in claim order',
  in_progress: 'longest first',
  checking: 'longest first',
  done: 'newest first',
};
/** As the style sheet has it. */
const rowHeight = 84;

interface Filters {
  readonly agent: string;
  readonly type: string;
  readonly from: string;
  readonly text: string;
}

export function Queue({ data, query }: { readonly data: PageOf<'queue'>; readonly query: URLSearchParams }) {
  const { shell } = useBoard();
  const all = useRows();
  const [filters, setFilters] = useState<Filters>(() => filtersIn(query));
  const [isOpen, setAdding] = useState(query.has('add'));
  const adding = isOpen && !shell.reader.readOnly;
  const [column, setColumn] = useState<ColumnName>('in_progress');
  const [dragged, setDragged] = useState<TaskRow | null>(null);
  const [deed, setDeed] = useState<Deed | null>(null);
  const [refused, setRefused] = useState<Refused | null>(null);

  // In the address, so that what is seen can be kept and shared.
  useEffect(() => {
    const given = Object.entries(filters).filter(([, value]) => value !== '');
    const search = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    history.replaceState(history.state, '', `/queue${search === '' ? '' : `?${search}`}`);
  }, [filters]);
  useEffect(() => {
    const open = (): void => setAdding(true);
    const went = (): void => {
      const asked = new URLSearchParams(location.search);
      if (location.pathname === '/queue') setFilters(filtersIn(asked));
      if (asked.has('add')) open();
    };
    addEventListener('board:add', open);
    addEventListener('board:went', went);
    return () => {
      removeEventListener('board:add', open);
      removeEventListener('board:went', went);
    };
  }, []);

  // What was typed is there again when it is opened again.
  useEscape(adding, () => setAdding(false), true);

  const columns = useMemo(() => arranged(data, all, filters), [data, all, filters]);
  const { waiting, ready, in_progress, checking } = data.columns;
  const asking = useMemo(() => new Set(data.asking), [data.asking]);
  const agents = shell.agents.map(({ name }) => name);
  const some = (of: readonly string[]) => [['', 'all'], ...of.map((name) => [name, name] as const)] as const;
  return (
    <>
      <Head
        title={`${(waiting.total + ready.total + in_progress.total + checking.total).toLocaleString('en-GB')} open, ${in_progress.total.toLocaleString('en-GB')} in progress.`}
      >
        {shell.reader.readOnly ? null : (
          <button type="button" class="btn primary" aria-expanded={adding} onClick={() => setAdding(!adding)}>
            Add task
            <kbd aria-hidden="true">N</kbd>
          </button>
        )}
      </Head>
      <div class="filters" role="search" aria-label="Filter the queue">
        <Pick
          label="Agent"
          value={filters.agent}
          options={some(agents)}
          onPick={(agent) => setFilters({ ...filters, agent })}
        />
        <Pick
          label="Type"
          value={filters.type}
          options={some(data.types)}
          onPick={(type) => setFilters({ ...filters, type })}
        />
        <Pick
          label="From"
          value={filters.from}
          options={some([...new Set([...data.people, ...agents])])}
          onPick={(from) => setFilters({ ...filters, from })}
        />
        <label class="fld">
          <span>Words</span>
          <input
            type="search"
            data-filter
            value={filters.text}
            onInput={(event) => setFilters({ ...filters, text: event.currentTarget.value })}
          />
        </label>
      </div>
      <DeedLine deed={deed} />
      {refused === null ? null : <Result state={{ refused }} />}
      <nav class="segs" aria-label="Columns">
        {names.map((name) => (
          <button key={name} type="button" aria-pressed={name === column} onClick={() => setColumn(name)}>
            {columnTitles[name]} {columns[name].total}
          </button>
        ))}
      </nav>
      <div class={adding ? 'board adding' : 'board'}>
        {names.map((name) => {
          const { rows, total } = columns[name];
          return (
            <section
              key={name}
              class={`col${name === column ? ' cur' : ''} col-${name}`}
              aria-label={`${columnTitles[name]}, ${total}`}
            >
              <div class="colh">
                <h2>
                  {columnTitles[name]}
                  <span class="n">{total.toLocaleString('en-GB')}</span>
                </h2>
                <span class="s">{orders[name]}</span>
              </div>
              {rows.length === 0 ? <p class="s">{isFiltered(filters) ? 'Nothing matches.' : 'Nothing.'}</p> : null}
              <Windowed
                rows={rows}
                total={total}
                height={rowHeight}
                keyOf={({ task_id }) => task_id}
                label={`${columnTitles[name]}, ${count(total, 'task')}`}
                render={(row) => <Row row={row} isAsking={asking.has(row.task_id)} onDrag={setDragged} />}
              />
            </section>
          );
        })}
        {adding ? <TaskForm types={data.types} people={data.people} onClose={() => setAdding(false)} /> : null}
      </div>
      {dragged === null ? null : (
        <DropBar
          row={dragged}
          agents={agents}
          onDone={(done, problem) => {
            setDragged(null);
            setDeed(done);
            setRefused(problem);
          }}
        />
      )}
    </>
  );
}

function filtersIn(query: URLSearchParams): Filters {
  const of = (name: string): string => query.get(name) ?? '';
  return { agent: of('agent'), type: of('type'), from: of('from'), text: of('text') };
}

function isFiltered(filters: Filters): boolean {
  return Object.values(filters).some((value) => value !== '');
}

interface Arranged {
  readonly rows: readonly TaskRow[];
  readonly total: number;
}

/** What the server gave first, until every row is here. */
function arranged(
  data: PageOf<'queue'>,
  all: ReadonlyMap<string, TaskRow> | null,
  filters: Filters,
): Readonly<Record<ColumnName, Arranged>> {
  const columns: Record<ColumnName, TaskRow[]> = { waiting: [], ready: [], in_progress: [], checking: [], done: [] };
  const words = filters.text.trim().toLowerCase();
  const fits = (row: TaskRow): boolean =>
    (filters.agent === '' || whoHas(row) === filters.agent || row.to_agent === filters.agent) &&
    (filters.type === '' || row.type === filters.type) &&
    (filters.from === '' || row.from_agent === filters.from) &&
    (words === '' || row.description.toLowerCase().includes(words) || row.task_id.includes(words));
  // Those of the page are as it is now, also in what changes by time alone, or with an agent that comes or goes.
  const fresh = new Map(names.flatMap((name) => data.columns[name].rows.map((row) => [row.task_id, row] as const)));
  for (const kept of (all ?? fresh).values()) {
    const row = fresh.get(kept.task_id) ?? kept;
    if (fits(row)) columns[columnOf(row)].push(row);
  }
  for (const name of names) columns[name].sort(compareRows(name));
  const total = (name: ColumnName): number =>
    all === null && !isFiltered(filters) ? data.columns[name].total : columns[name].length;
  const column = (name: ColumnName): Arranged => ({ rows: columns[name], total: total(name) });
  return {
    waiting: column('waiting'),
    ready: column('ready'),
    in_progress: column('in_progress'),
    checking: column('checking'),
    done: column('done'),
  };
}

interface RowProps {
  readonly row: TaskRow;
  /** Its holder has asked the operator something. */
  readonly isAsking: boolean;
  readonly onDrag: (row: TaskRow | null) => void;
}

function Row({ row, isAsking, onDrag }: RowProps) {
  const { shell, now } = useBoard();
  const element = useWash(row.task_id, row, row.created_at);
  const { holding, waits } = row;
  const mayDrag = !shell.reader.readOnly && row.status === 'pending';
  return (
    <article
      ref={element}
      class="row"
      data-item
      tabIndex={0}
      data-open={`/tasks/${row.task_id}`}
      draggable={mayDrag}
      onDragStart={() => onDrag(row)}
      onDragEnd={() => setTimeout(() => onDrag(null), 50)}
    >
      <div class="a">
        <RowGlyph row={row} />
        <span class="sr">{row.status}</span>
        <Id id={row.task_id} />
        <span>{row.type ?? 'any'}</span>
        <Priority of={row.priority} />
        <span class="t">
          <Age at={row.since} />
        </span>
      </div>
      <a class="w" href={`/tasks/${row.task_id}`}>
        {row.description}
      </a>
      <div class="z">
        <span>{whoHas(row)}</span>
        {row.status === 'in-progress' && waits !== null ? <span class="chip">its checks</span> : null}
        {isAsking ? <span class="chip you">asks {shell.reader.readOnly ? shell.operator : 'you'}</span> : null}
        {row.status === 'pending' && waits?.for === 'tasks' ? (
          <span class="chip">
            after{' '}
            {waits.ids
              .slice(0, 2)
              .map((id) => (id === 'commit' ? 'its commits' : shortId(id, now)))
              .join(', ')}
            {waits.ids.length > 2 ? ` and ${waits.ids.length - 2} more` : ''}
          </span>
        ) : null}
        {waits?.for === 'approval' ? (
          <span class="chip you">{shell.reader.readOnly ? shell.operator + '’s' : 'your'} approval</span>
        ) : null}
        {waits?.for === 'time' ? (
          <span class="chip">
            starts in <Left until={waits.until} />
          </span>
        ) : null}
        {row.doubtful === null ? null : <span class="warn">{doubtWords(row)}</span>}
        {holding?.silent === true ? <span class="warn">silent</span> : null}
        {holding === null ? null : (
          <span class={`t${isShort(holding.until, now) ? ' warn' : ''}`}>
            hold <Left until={holding.until} />
          </span>
        )}
      </div>
    </article>
  );
}

/** Where a dragged task can be dropped. The task's own page has the same as menus. It is gone once the drag ends. */
function DropBar({
  row,
  agents,
  onDone,
}: {
  readonly row: TaskRow;
  readonly agents: readonly string[];
  readonly onDone: (deed: Deed | null, refused: Refused | null) => void;
}) {
  const { call, now } = useBoard();
  const drop = async (label: string, changes: Readonly<Record<string, unknown>>): Promise<void> => {
    const outcome = await call('override_task', { task_id: row.task_id, ...changes });
    if (outcome.ok) onDone({ label: `${shortId(row.task_id, now)}: ${label}`, undo: outcome.undo }, null);
    else onDone(null, outcome.error);
  };
  const target = (label: string, changes: Readonly<Record<string, unknown>>) => (
    <span
      key={label}
      class="drop"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void drop(label, changes);
      }}
    >
      {label}
    </span>
  );
  return (
    <div class="dropbar" role="status">
      <span class="s">Priority</span>
      {['critical', 'high', 'normal', 'low'].map((priority) =>
        target(priority, { action: 'edit', changes: { priority } }),
      )}
      <span class="s">Give to</span>
      {agents.map((to_agent) => target(to_agent, { action: 'reassign', to_agent }))}
    </div>
  );
}
