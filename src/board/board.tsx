/** The whole board for one page: the same on the server and in the browser. */
import type { PageData } from '../views/pages/page.ts';
import { type BoardContext, Context } from './context.ts';
import { Frame, type Lost } from './frame.tsx';
import { Agents } from './pages/agents.tsx';
import { Graph } from './pages/graph.tsx';
import { Landing } from './pages/landing.tsx';
import { Log } from './pages/log.tsx';
import { Metrics } from './pages/metrics.tsx';
import { More } from './pages/more.tsx';
import { Needs } from './pages/needs.tsx';
import { Queue } from './pages/queue.tsx';
import { Task } from './pages/task.tsx';
import { Timeline } from './pages/timeline.tsx';
import { Votes } from './pages/votes.tsx';
import { Head } from './parts.tsx';

export interface BoardProps extends Omit<BoardContext, 'shell'> {
  readonly data: PageData;
  readonly query: URLSearchParams;
  readonly lost: Lost | null;
  readonly signedOut: boolean;
  readonly asking: boolean;
  readonly onAsk: (asking: boolean) => void;
  readonly onRetry: () => void;
}

export function Board({ data, query, lost, signedOut, asking, onAsk, onRetry, ...board }: BoardProps) {
  const { shell, page } = data;
  return (
    <Context.Provider value={{ shell, ...board }}>
      <Frame page={page.page} lost={lost} signedOut={signedOut} asking={asking} onAsk={onAsk} onRetry={onRetry}>
        <Page data={page} query={query} />
      </Frame>
    </Context.Provider>
  );
}

function Page({ data, query }: { readonly data: PageData['page']; readonly query: URLSearchParams }) {
  switch (data.page) {
    case 'needs':
      return <Needs data={data} />;
    case 'queue':
      return <Queue data={data} query={query} />;
    case 'task':
      return <Task key={data.task.task_id} data={data} />;
    case 'timeline':
      return <Timeline data={data} />;
    case 'graph':
      return <Graph data={data} />;
    case 'votes':
      return <Votes key={data.chosen?.vote_id ?? ''} data={data} />;
    case 'landing':
      return <Landing data={data} />;
    case 'metrics':
      return <Metrics data={data} />;
    case 'agents':
      return <Agents data={data} />;
    case 'log':
      return <Log data={data} />;
    case 'more':
      return <More />;
    case 'missing':
      return <Head title="Nothing here." sub={data.message} />;
  }
}

/** The browser's title. */
export function titleOf({ shell, page }: PageData): string {
  const name = page.page === 'task' ? page.task.task_id : page.page === 'needs' ? 'Needs you' : page.page;
  return `${shell.inbox > 0 ? `(${shell.inbox}) ` : ''}${name.slice(0, 1).toUpperCase()}${name.slice(1)} · ${shell.name}`;
}
