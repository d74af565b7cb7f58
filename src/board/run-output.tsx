import { useEffect, useRef, useState } from 'preact/hooks';
import { useBoard } from './context.ts';

interface OutputProps {
  readonly run_id: string;
  readonly isOver: boolean;
}

/** What a run says and does: while it runs, as it comes; afterwards for whoever asks. */
export function RunOutput({ run_id, isOver }: OutputProps) {
  const [isOpen, setOpen] = useState(!isOver);
  return (
    <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{isOver ? 'Output' : 'Output, live'}</summary>
      {isOpen ? <Lines key={run_id} run_id={run_id} /> : null}
    </details>
  );
}

function Lines({ run_id }: { readonly run_id: string }) {
  const { live } = useBoard();
  const [text, setText] = useState<string | null>(null);
  const [isElsewhere, setElsewhere] = useState(false);
  const place = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  useEffect(() => {
    if (!live) return undefined;
    const source = new EventSource(`/api/runs/${encodeURIComponent(run_id)}/output`);
    source.addEventListener('output', (event) => setText(field(event, 'text')));
    source.addEventListener('end', (event) => {
      setElsewhere(field(event, 'is') === 'elsewhere');
      source.close();
    });
    return () => source.close();
  }, [run_id, live]);
  // Whoever scrolled up reads; the others see the newest.
  useEffect(() => {
    const { current } = place;
    if (current !== null && isAtEnd.current) current.scrollTop = current.scrollHeight;
  }, [text]);
  if (text === null || text === '') {
    return <p class="s">{isElsewhere ? 'Its output is not on the server’s machine.' : 'Nothing yet.'}</p>;
  }
  return (
    <pre
      class="out live-out"
      ref={place}
      tabIndex={0}
      aria-label={`Output of ${run_id}`}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
    >
      {text}
    </pre>
  );
}

function field(event: MessageEvent, name: string): string {
  const data: unknown = JSON.parse(String(event.data));
  const value: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, name) : null;
  return typeof value === 'string' ? value : '';
}
