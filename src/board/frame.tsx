/** What stands around every page: the bar, what is wrong, the tabs of a phone. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { PageName } from '../views/pages/page.ts';
import { useBoard } from './context.ts';
import { useEscape } from './keys.ts';
import { pageLinks } from './page-links.ts';
import { Action, Clock, focusOnce, Glyph } from './parts.tsx';

export interface Lost {
  readonly at: string;
  /** Null: nothing is heard of it. */
  readonly why: string | null;
}

interface FrameProps {
  readonly page: PageName;
  /** Since when what is shown is not the newest, and what the server says of it; null: it is live. */
  readonly lost: Lost | null;
  readonly signedOut: boolean;
  readonly onRetry: () => void;
  readonly asking: boolean;
  readonly onAsk: (asking: boolean) => void;
  readonly children: ComponentChildren;
}

export function Frame(props: FrameProps) {
  const { shell, live, onPalette, onTheme, onHelp } = useBoard();
  const current = props.page === 'task' ? 'queue' : props.page;
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="top">
        <a class="fed" href="/" title={shell.name}>
          {shell.name}
        </a>
        <nav class="nav" aria-label="Pages">
          {pageLinks.map(({ page, href, title }) => (
            <a key={page} href={href} aria-current={page === current ? 'page' : undefined}>
              {page === 'needs' ? needsTitle(shell) : title}
              {page === 'needs' && shell.inbox > 0 ? <Count of={shell.inbox} /> : null}
            </a>
          ))}
        </nav>
        <div class="right">
          <button type="button" class="search" onClick={onPalette}>
            Search<kbd aria-hidden="true">Ctrl K</kbd>
          </button>
          <span class="live" role="status">
            {live ? <i class="dot" /> : <Glyph name="off" tone="warn" />}
            {live ? 'Live' : 'Not live'}
          </span>
          {shell.reader.readOnly ? null : (
            <span class="state">
              <span class={shell.paused === null ? '' : 'warn'}>{shell.paused === null ? 'Running' : 'Paused'}</span>
              {shell.paused === null ? (
                <button type="button" disabled={!live} onClick={() => props.onAsk(true)}>
                  Pause
                </button>
              ) : null}
            </span>
          )}
          <button type="button" class="btn quiet theme" aria-label="Light or dark" onClick={onTheme}>
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
              <circle class="gs" cx="8" cy="8" r="6" />
              <path class="gf" d="M8 2a6 6 0 0 1 0 12z" />
            </svg>
          </button>
          <button
            type="button"
            class="who"
            onClick={onHelp}
            aria-label={`Signed in as ${shell.reader.name}; keys and sign out`}
          >
            {shell.reader.name}
          </button>
        </div>
      </header>
      <Bands {...props} />
      <main id="main" tabIndex={-1} class={`page p-${props.page}`}>
        {props.children}
      </main>
      <Tabs current={current} />
    </>
  );
}

function needsTitle({ reader, operator }: ReturnType<typeof useBoard>['shell']): string {
  return reader.readOnly ? `Needs ${operator}` : 'Needs you';
}

function Count({ of }: { readonly of: number }) {
  return (
    <span class="cnt">
      <span class="sr">, waiting: </span>
      {of > 99 ? '99+' : of}
    </span>
  );
}

function Bands({ lost, signedOut, onRetry, asking, onAsk }: FrameProps) {
  const { shell } = useBoard();
  return (
    <>
      {signedOut ? (
        <div class="band" role="alert">
          <b class="warn">Signed out</b>
          <span>Your session has ended. What you typed is kept.</span>
          <a class="btn outline" href="/sign-in" target="_blank">
            Sign in again
          </a>
        </div>
      ) : lost === null ? null : (
        <div class="band" role="alert">
          <b class="warn">
            Not live since <Clock at={lost.at} />
          </b>
          <span>
            {lost.why === null ? '' : `${lost.why.replace(/\.$/, '')}. `}Everything below is as of then; buttons work
            again once it is live.
          </span>
          <button type="button" class="btn" onClick={onRetry}>
            Try now
          </button>
        </div>
      )}
      {shell.warning === null ? null : (
        <div class="band" role="alert">
          <b class="bad">Read-only</b>
          <span>
            {shell.warning.message} {shell.warning.next}
          </span>
        </div>
      )}
      {shell.reader.readOnly ? (
        <div class="band">
          <span>You can read everything and change nothing. The operator is {shell.operator}.</span>
        </div>
      ) : null}
      {asking && shell.paused === null && !shell.reader.readOnly ? <PauseBand onAsk={onAsk} /> : null}
      {shell.paused === null ? null : (
        <div class="band" role="status">
          <b class="warn">Paused</b>
          <span>
            by {shell.paused.by} since <Clock at={shell.paused.since} />
            {shell.paused.reason === null ? '' : `: “${shell.paused.reason}”`}. Nothing new starts.
          </span>
          <Action label="Resume" tool="resume_federation" args={{}} kind="primary" />
        </div>
      )}
    </>
  );
}

function PauseBand({ onAsk }: Pick<FrameProps, 'onAsk'>) {
  const [reason, setReason] = useState('');
  useEscape(true, () => onAsk(false), reason.trim() === '');
  return (
    <div class="band ask" role="group" aria-label="Pause">
      <label>
        <span class="sr">Why</span>
        <input
          ref={focusOnce}
          placeholder="Why (others read it)"
          value={reason}
          maxLength={500}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      <span class="s">No claims, rules or retries until you resume. Work in hand goes on.</span>
      <Action
        label="Pause"
        tool="pause_federation"
        args={reason.trim() === '' ? {} : { reason: reason.trim() }}
        kind="primary"
        onDone={() => onAsk(false)}
      />
      <button type="button" class="btn quiet" onClick={() => onAsk(false)}>
        Not now
      </button>
    </div>
  );
}

const tabs = [
  { page: 'needs', href: '/', title: 'Needs you', icon: 'M3 11.5 5 4h10l2 7.5V16H3zM3 11.5h4l1 2h4l1-2h4' },
  { page: 'queue', href: '/queue', title: 'Queue', icon: 'M3 4.5h4v11H3zM8.5 4.5h4v7h-4zM14 4.5h3v4h-3z' },
  { page: 'timeline', href: '/timeline', title: 'Timeline', icon: 'M2 5h9M6 10h8M3 15h5M14 2v16' },
  { page: 'votes', href: '/votes', title: 'Votes', icon: 'M3 5h14v11H3zM3 6l7 5 7-5' },
  { page: 'more', href: '/more', title: 'More', icon: 'M3 5h14M3 10h14M3 15h14' },
] as const;

function Tabs({ current }: { readonly current: PageName }) {
  const { shell } = useBoard();
  const isTab = tabs.some(({ page }) => page === current);
  return (
    <nav class="tabs" aria-label="Pages, phone">
      {tabs.map(({ page, href, title, icon }) => (
        <a key={page} href={href} aria-current={page === current || (page === 'more' && !isTab) ? 'page' : undefined}>
          <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
            <path class="gs" d={icon} />
          </svg>
          {title}
          {page === 'needs' && shell.inbox > 0 ? <Count of={shell.inbox} /> : null}
        </a>
      ))}
    </nav>
  );
}
