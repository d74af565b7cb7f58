/** The board in the browser: takes over the server's page and keeps it as things are. */
import { hydrate } from 'preact';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { PageData } from '../views/pages/page.ts';
import { Board, titleOf } from './board.tsx';
import type { Outcome } from './context.ts';
import type { Lost } from './frame.tsx';
import { Help } from './help.tsx';
import { useKeys } from './keys.ts';
import { noteLook } from './last-look.ts';
import { type Command, Palette } from './palette.tsx';
import { forgetRows, rowsChanged } from './rows.ts';

/** Pages are fetched again at most this often, however much changes. */
const leastMs = 250;
/** The server says something at least every 15 s; a browser that slept notices it by this. */
const silentMs = 40_000;
/** What changes by time alone, such as what is stuck, is looked at this often. */
const oldMs = 60_000;
/** A tab that was hidden for this long is not kept up to date until it is seen again. */
const hiddenMs = 10_000;
const headers = { 'content-type': 'application/json', 'x-federation-board': '1' };

interface News {
  readonly tasks: readonly string[];
}

function App({ first }: { readonly first: PageData }) {
  const [data, setData] = useState(first);
  const [path, setPath] = useState(location.pathname + location.search);
  const [zone, setZone] = useState('UTC');
  const [now, setNow] = useState(first.shell.now);
  const [lost, setLost] = useState<Lost | null>(null);
  const [signedOut, setSignedOut] = useState(false);
  const [overlay, setOverlay] = useState<'palette' | 'help' | null>(null);
  const [asking, setAsking] = useState(false);
  const [said, setSaid] = useState('');
  const clockOffset = useRef(Date.parse(first.shell.now) - Date.now());
  const shownPath = useRef(path);
  const hasGone = useRef(false);
  const reconnect = useRef<() => void>(() => {});
  const loadedAt = useRef(Date.now());
  /** The page could not be fetched the last time. */
  const isBehind = useRef(false);

  /** What is looked at stays, whatever needs somebody next. */
  const pin = ({ page }: PageData): void => {
    if (page.page !== 'votes' || page.chosen === null || shownPath.current !== '/votes') return;
    shownPath.current = `/votes/${page.chosen.vote_id}`;
    history.replaceState(null, '', shownPath.current);
  };
  useEffect(() => pin(first), []);

  const show = useCallback((next: PageData, at: string): void => {
    clockOffset.current = Date.parse(next.shell.now) - Date.now();
    loadedAt.current = Date.now();
    setNow(next.shell.now);
    setData(next);
    // At the same time as the page: one that keeps something in the address begins with it.
    setPath(at);
    document.title = titleOf(next);
    pin(next);
  }, []);

  const load = useCallback(
    async (wanted: string): Promise<boolean> => {
      const answer = await fetch(`/api/page?path=${encodeURIComponent(wanted)}`, { headers }).catch(() => null);
      const body: unknown = await answer?.json().catch(() => null);
      if (answer?.ok === true && isPageData(body)) {
        setSignedOut(false);
        // A connection that was lost is found again by its stream; here it is the page that had failed.
        if (isBehind.current) {
          isBehind.current = false;
          forgetRows();
          setLost(null);
        }
        if (wanted === shownPath.current) show(body, wanted);
        return true;
      }
      if (answer?.status === 401) setSignedOut(true);
      else if (answer !== null) {
        isBehind.current = true;
        const at = new Date(loadedAt.current + clockOffset.current).toISOString();
        const why = refusalIn(body);
        setLost((before) => ({ at: before?.at ?? at, why }));
      }
      return false;
    },
    [show],
  );

  const go = useCallback(
    (wanted: string): void => {
      const before = shownPath.current.split('?')[0];
      shownPath.current = wanted;
      if (wanted !== location.pathname + location.search) {
        history.pushState(null, '', wanted);
        hasGone.current = true;
      }
      // For a page that stays and keeps something in the address.
      dispatchEvent(new Event('board:went'));
      void load(wanted).then(() => {
        if (before === wanted.split('?')[0]) return;
        scrollTo(0, 0);
        document.querySelector<HTMLElement>('#main')?.focus({ preventScroll: true });
      });
    },
    [load],
  );

  const call = useCallback(async (tool: string, args: Readonly<Record<string, unknown>>): Promise<Outcome> => {
    const answer = await fetch('/api/call', {
      method: 'POST',
      headers,
      body: JSON.stringify({ tool, arguments: args }),
    }).catch(() => null);
    if (answer?.status === 401) setSignedOut(true);
    const body: unknown = answer === null ? null : await answer.json().catch(() => null);
    return isOutcome(body)
      ? body
      : {
          ok: false,
          error: {
            code: 'store-unavailable',
            message: 'The server did not answer',
            next: 'Try again once it is live.',
          },
        };
  }, []);

  // Links within the board change the page without leaving it.
  useEffect(() => {
    const follow = (event: MouseEvent): void => {
      if (
        event.defaultPrevented ||
        event.button !== 0 ||
        event.metaKey ||
        event.ctrlKey ||
        event.shiftKey ||
        event.altKey
      )
        return;
      const link = event.target instanceof Element ? event.target.closest('a') : null;
      const href = link?.getAttribute('href') ?? '';
      if (link === null || !href.startsWith('/') || href.startsWith('/sign') || link.target !== '') return;
      event.preventDefault();
      setOverlay(null);
      go(href);
    };
    const back = (): void => go(location.pathname + location.search);
    document.addEventListener('click', follow);
    addEventListener('popstate', back);
    return () => {
      document.removeEventListener('click', follow);
      removeEventListener('popstate', back);
    };
  }, [go]);

  // News, at most so often; a tick for ages; and a new connection where the old one is silent.
  useEffect(() => {
    let source: EventSource | null = null;
    let heardAt = Date.now();
    let pending: ReturnType<typeof setTimeout> | null = null;
    let askedAt = Date.now();
    let wasLost = false;
    let isHidden = false;
    let isStale = false;
    const refresh = (): void => {
      isStale = true;
      pending ??= setTimeout(
        () => {
          askedAt = Date.now();
          isStale = false;
          void load(shownPath.current).finally(() => {
            pending = null;
            // What came while the page was on its way may not be in it.
            if (isStale) refresh();
          });
        },
        Math.max(0, leastMs - (Date.now() - askedAt)),
      );
    };
    const lose = (): void => {
      wasLost = true;
      const at = new Date(heardAt + clockOffset.current).toISOString();
      setLost((before) => before ?? { at, why: null });
    };
    const connect = (): void => {
      source?.close();
      source = new EventSource('/api/events');
      source.addEventListener('news', (event) => {
        heardAt = Date.now();
        const news: unknown = JSON.parse(String(event.data));
        if (isNews(news)) rowsChanged(news.tasks);
        refresh();
      });
      source.addEventListener('beat', () => {
        heardAt = Date.now();
        if (Date.now() - loadedAt.current > oldMs) refresh();
      });
      source.addEventListener('open', () => {
        heardAt = Date.now();
        if (!wasLost) return;
        wasLost = false;
        forgetRows();
        void load(shownPath.current).then((isThere) => {
          if (isThere) setLost(null);
          else lose();
        });
      });
      source.addEventListener('error', () => {
        lose();
        // A browser gives up on an answer that is no stream; whether it is the session, a request tells.
        if (source?.readyState === EventSource.CLOSED) void load(shownPath.current);
      });
    };
    // What came while there was no connection is not told again: it is looked for.
    const again = (): void => {
      wasLost = true;
      connect();
    };
    reconnect.current = again;
    connect();
    const watch = setInterval(() => {
      if (isHidden) return;
      const isSilent = Date.now() - heardAt > silentMs;
      if (isSilent) lose();
      if (isSilent || source?.readyState === EventSource.CLOSED) again();
      else if (isBehind.current) refresh();
    }, 3_000);
    const tick = setInterval(() => {
      if (!wasLost && !isBehind.current) setNow(new Date(Date.now() + clockOffset.current).toISOString());
    }, 15_000);
    // A browser has six connections to a place: tabs that nobody looks at give theirs back.
    let hiding: ReturnType<typeof setTimeout> | undefined;
    const wake = (): void => {
      clearTimeout(hiding);
      if (document.visibilityState === 'hidden') {
        noteLook(new Date(Date.now() + clockOffset.current).toISOString());
        hiding = setTimeout(() => {
          source?.close();
          isHidden = true;
        }, hiddenMs);
      } else if (isHidden || Date.now() - heardAt > silentMs / 2) {
        isHidden = false;
        again();
      }
    };
    document.addEventListener('visibilitychange', wake);
    addEventListener('online', again);
    return () => {
      source?.close();
      if (pending !== null) clearTimeout(pending);
      clearInterval(watch);
      clearInterval(tick);
      document.removeEventListener('visibilitychange', wake);
      removeEventListener('online', again);
    };
  }, [load]);

  useEffect(() => setZone(Intl.DateTimeFormat().resolvedOptions().timeZone), []);

  // For those who hear the page: what is new, and the connection, not more often than every ten seconds.
  const inbox = useRef(first.shell.inbox);
  const spokenAt = useRef(0);
  useEffect(() => {
    const more = data.shell.inbox - inbox.current;
    const text = lost !== null ? 'The connection is lost.' : more > 0 ? `${more} more need you.` : '';
    if (text === '' || Date.now() - spokenAt.current < 10_000) return;
    inbox.current = data.shell.inbox;
    spokenAt.current = Date.now();
    setSaid(text);
  }, [data.shell.inbox, lost]);

  const live = lost === null && !signedOut;
  const theme = (): void => {
    const root = document.documentElement;
    const isDark =
      (root.dataset['theme'] ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';
    root.dataset['theme'] = isDark ? 'light' : 'dark';
    document.cookie = `federation_theme=${root.dataset['theme']}; path=/; max-age=31536000; samesite=strict`;
  };
  const { reader, paused } = data.shell;
  const add = (): void => {
    if (data.page.page === 'queue') dispatchEvent(new Event('board:add'));
    else go('/queue?add=1');
  };
  const commands: readonly Command[] = [
    ...(reader.readOnly ? [] : [{ title: 'Add a task', key: 'n', run: add }]),
    ...(reader.readOnly || paused !== null ? [] : [{ title: 'Pause…', key: 'Shift P', run: () => setAsking(true) }]),
    { title: 'Light or dark', key: '', run: theme },
    { title: 'Keys, and sign out', key: '?', run: () => setOverlay('help') },
  ];
  useKeys({
    go,
    onAdd: add,
    onPalette: () => setOverlay('palette'),
    onHelp: () => setOverlay('help'),
    onPause: () => setAsking(true),
    onEscape: () => setOverlay(null),
    onBack: () => {
      if (data.page.page !== 'task') return;
      if (hasGone.current) history.back();
      else go('/queue');
    },
    isOpen: overlay !== null,
  });

  return (
    <>
      <Board
        data={data}
        query={new URLSearchParams(path.split('?')[1] ?? '')}
        zone={zone}
        now={now}
        live={live}
        lost={lost}
        signedOut={signedOut}
        asking={asking}
        onAsk={setAsking}
        onRetry={() => reconnect.current()}
        onPalette={() => setOverlay('palette')}
        onTheme={theme}
        onHelp={() => setOverlay('help')}
        call={call}
        go={go}
      />
      <p class="sr" aria-live="polite">
        {said}
      </p>
      {overlay === 'palette' ? (
        <Palette now={now} call={call} go={go} commands={commands} onClose={() => setOverlay(null)} />
      ) : null}
      {overlay === 'help' ? <Help reader={data.shell.reader.name} onClose={() => setOverlay(null)} /> : null}
    </>
  );
}

/** Answers of our own server, of the same build: their outer shape tells that they are answers at all. */
function isPageData(value: unknown): value is PageData {
  return typeof value === 'object' && value !== null && 'shell' in value && 'page' in value;
}

function refusalIn(body: unknown): string | null {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null;
  if (typeof error !== 'object' || error === null || !('message' in error)) return null;
  return typeof error.message === 'string' ? error.message : null;
}

function isOutcome(value: unknown): value is Outcome {
  return typeof value === 'object' && value !== null && 'ok' in value;
}

function isNews(value: unknown): value is News {
  return typeof value === 'object' && value !== null && 'tasks' in value && Array.isArray(value.tasks);
}

const root = document.querySelector('#board');
const given: unknown = JSON.parse(document.querySelector('#data')?.textContent ?? 'null');
if (root !== null && isPageData(given)) hydrate(<App first={given} />, root);
