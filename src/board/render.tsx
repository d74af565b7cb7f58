/** Pages as the server sends them: complete, so that they can be read before any script has run. */
import { render } from 'preact-render-to-string';
import type { PageData } from '../views/pages/page.ts';
import { Board, titleOf } from './board.tsx';
import type { Outcome } from './context.ts';

export interface Assets {
  /** Addresses, with what they contain in their name. */
  readonly script: string;
  readonly style: string;
}

/** `theme`: what the reader chose, in a cookie; null: as the system has it. */
export interface RenderOptions {
  readonly assets: Assets;
  readonly query: URLSearchParams;
  readonly theme: string | null;
}

const nothing = (): void => {};
const nobody = async (): Promise<Outcome> => ({ ok: false, error: { code: 'internal', message: '', next: '' } });

export function renderPage(data: PageData, { assets, query, theme }: RenderOptions): string {
  const body = render(
    <Board
      data={data}
      query={query}
      zone="UTC"
      now={data.shell.now}
      live
      lost={null}
      signedOut={false}
      asking={false}
      onAsk={nothing}
      onRetry={nothing}
      onPalette={nothing}
      onTheme={nothing}
      onHelp={nothing}
      call={nobody}
      go={nothing}
    />,
  );
  // As text of a data block: no tag can begin in it.
  const json = JSON.stringify(data).replaceAll('<', String.raw`\u003c`);
  return document(
    titleOf(data),
    theme,
    assets,
    `<div id="board">${body}</div><script type="application/json" id="data">${json}</script><script type="module" src="${assets.script}"></script>`,
  );
}

/** `problem`: why the last try did not sign in. */
export function renderSignIn(assets: Assets, theme: string | null, problem: string | null): string {
  const form = render(
    <main id="main" class="signin">
      <h1>Sign in</h1>
      <p class="sub">
        With a token that a person made for you: <code class="m">fed token add --agent NAME</code>. On this machine,{' '}
        <code class="m">fed serve --open</code> signs you in by itself.
      </p>
      <form method="post" action="/sign-in">
        <label class="fld">
          <span>Token</span>
          <input
            name="token"
            type="password"
            autocomplete="off"
            spellcheck={false}
            required
            maxLength={200}
            aria-describedby={problem === null ? undefined : 'problem'}
          />
        </label>
        {problem === null ? null : (
          <p id="problem" class="refused" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" class="btn primary">
          Sign in
        </button>
      </form>
    </main>,
  );
  return document('Sign in', theme, assets, form);
}

/** In the place of a page that cannot be shown. */
export function renderProblem(assets: Assets, theme: string | null, title: string, next: string): string {
  const main = render(
    <main id="main" class="signin">
      <h1>{title}</h1>
      {next === '' ? null : <p class="sub">{next}</p>}
      <p class="buttons">
        <a class="btn" href="">
          Load again
        </a>
        <a class="btn" href="/">
          To the first page
        </a>
      </p>
    </main>,
  );
  return document('Not now', theme, assets, main);
}

/** Goes on to the board from a page of its own: what comes from a file is another site's to a browser. */
export function renderSignedIn(assets: Assets): string {
  const main = render(
    <main id="main" class="signin">
      <h1>Signed in.</h1>
      <p>
        <a class="l" href="/">
          Go on to the board
        </a>
      </p>
    </main>,
  );
  return document('Signed in', null, assets, main, '<meta http-equiv="refresh" content="0; url=/">');
}

function document(title: string, theme: string | null, { style }: Assets, body: string, head = ''): string {
  const chosen = theme === 'dark' || theme === 'light' ? ` data-theme="${theme}"` : '';
  return `<!doctype html><html lang="en"${chosen}><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${render(<>{title}</>)}</title><link rel="icon" href="/assets/icon.svg" type="image/svg+xml"><link rel="stylesheet" href="${style}">${head}</head><body>${body}</body></html>`;
}
