/**
 * The board's routes: pages, what browsers fetch behind them, and signing in. A browser is known by its cookie, which
 * it sends by itself: whatever changes something must also come from a page of ours.
 */
import type { Context, Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { z } from 'zod';
import { tools } from '../../tools/index.ts';
import { availability } from '../../tools/arguments.ts';
import { parseArguments } from '../arguments/parse-arguments.ts';
import { renderPage, renderProblem, renderSignedIn, renderSignIn } from '../board/render.tsx';
import type { ToolResult } from '../define-tool.ts';
import type { Actor } from '../domain/commands.ts';
import { CallerError, OperatorError } from '../domain/errors.ts';
import { boardClient } from '../domain/runs/remote.ts';
import { participantKind } from '../domain/participants.ts';
import { shownJson } from '../domain/text.ts';
import { second, toMillis } from '../domain/time.ts';
import type { Federation } from '../federation.ts';
import type { MadeToken, TokenFile } from '../tokens/token-file.ts';
import { pageAt, shellOf } from '../views/pages/page-at.ts';
import type { PageData } from '../views/pages/page.ts';
import { queueRows } from '../views/pages/queue-page.ts';
import { TimelineReader } from '../views/pages/timeline.ts';
import { findRun } from '../views/runs-view.ts';
import { lastChangeOf, undoId } from '../views/undoable.ts';
import { type AssetFiles, readAssets } from './assets.ts';
import type { Caller, Callers } from './callers.ts';
import { News } from './news.ts';
import { forbidden, Refusal, refusalOf, unknownPage } from './refusal.ts';
import { codePath, readJson } from './request.ts';
import { runOutput } from './run-output.ts';

export interface BoardOptions {
  readonly federation: Federation;
  /** The federation's, where runs leave what they write. */
  readonly folder: string;
  readonly tokens: TokenFile;
  readonly callers: Callers;
  readonly cookie: string;
  readonly isSecure: boolean;
  readonly addressOf: (context: Context) => string;
  /** Opens a stream for a token, or refuses. */
  readonly keep: (token: string, response: Response) => Response;
}

/** Boards on one page within this time share what was worked out for it. */
const sharedMs = 200;
const themeCookie = 'federation_theme';
const boardHeader = 'x-federation-board';

/** What a person may do, and no tool does, since agents have their own way or none: `fed` has the same. */
const setAgent = {
  name: 'set_agent',
  input: z.strictObject({
    agent: z.string().min(1).max(40),
    status: availability,
    reason: z.string().min(1).max(300).optional(),
  }),
};
const undo = { name: 'undo', input: z.strictObject({ id: z.string().min(1).max(60) }) };
const stopRun = { name: 'stop_run', input: z.strictObject({ run_id: z.string().min(1).max(60) }) };
const ofPeople: readonly string[] = [setAgent.name, undo.name, stopRun.name];
const called = z.object({ tool: z.string().max(60), arguments: z.record(z.string(), z.unknown()).default({}) });
const rowsAsked = z.object({ ids: z.array(z.string().max(60)).max(1_000).optional() });
const pagePaths = [
  '/',
  '/queue',
  '/tasks/:id',
  '/timeline',
  '/graph',
  '/votes',
  '/votes/:id',
  '/landing',
  '/agents',
  '/log',
  '/more',
];

export interface BoardServing {
  readonly close: () => void;
  /** The page at the address of the request, also where there is none. */
  readonly page: (context: Context) => Promise<Response>;
  /** What is wrong, for somebody who reads it in a browser. */
  readonly problem: (context: Context, refusal: Refusal) => Response;
}

export function serveBoard(app: Hono, options: BoardOptions): BoardServing {
  const board = new BoardRoutes(options);
  app.get('/assets/:name', (context) => board.asset(context));
  app.get('/sign-in', (context) => context.html(renderSignIn(board.assets, themeOf(context), null)));
  app.post('/sign-in', (context) => board.signIn(context));
  app.post(codePath, (context) => board.signInByCode(context));
  app.post('/sign-out', (context) => board.signOut(context));
  for (const path of pagePaths) app.get(path, (context) => board.page(context));
  app.get('/api/page', (context) => board.data(context));
  app.get('/api/events', (context) => board.events(context));
  app.get('/api/runs/:id/output', (context) => board.output(context));
  app.post('/api/rows', (context) => board.rows(context));
  app.post('/api/call', (context) => board.call(context));
  return {
    close: () => board.close(),
    page: (context) => board.page(context),
    problem: (context, refusal) => board.problem(context, refusal),
  };
}

class BoardRoutes {
  readonly assets: AssetFiles;
  readonly #options: BoardOptions;
  readonly #news: News;
  readonly #timelines = new TimelineReader();
  readonly #shared = new Map<string, { readonly at: number; readonly json: Promise<PageData> }>();

  constructor(options: BoardOptions) {
    this.#options = options;
    this.assets = readAssets();
    this.#news = new News(options.federation);
  }

  close(): void {
    this.#news.close();
  }

  asset(context: Context): Response {
    const asset = this.assets.files.get(context.req.param('name') ?? '');
    if (asset === undefined) throw unknownPage();
    const isVersioned = context.req.query('v') !== undefined || /-[A-Z0-9]{8}\.js$/.test(context.req.path);
    return context.body(asset.content, 200, {
      'content-type': asset.type,
      'cache-control': isVersioned ? 'public, max-age=31536000, immutable' : 'public, max-age=300',
    });
  }

  async page(context: Context): Promise<Response> {
    const caller = this.#reader(context);
    if (caller === null) return context.redirect('/sign-in', 303);
    const url = new URL(context.req.url);
    const data = await this.#dataAt(url.pathname, url.searchParams, caller);
    const html = renderPage(data, { assets: this.assets, query: url.searchParams, theme: themeOf(context) });
    return context.html(html, data.page.page === 'missing' ? 404 : 200);
  }

  problem(context: Context, { status, body, headers }: Refusal): Response {
    // No tool's name: whoever reads it has no tools.
    const { message, next } = body.toBody(() => false).error;
    const title = `${message.replace(/\.$/, '')}.`;
    const html = renderProblem(this.assets, themeOf(context), title, next);
    return new Response(html, { status, headers: { ...headers, 'content-type': 'text/html; charset=UTF-8' } });
  }

  async data(context: Context): Promise<Response> {
    const caller = this.#signedIn(context);
    const url = new URL(context.req.query('path') ?? '/', 'http://board');
    const data = await this.#dataAt(url.pathname, url.searchParams, caller);
    return json(data);
  }

  events(context: Context): Response {
    const caller = this.#signedIn(context);
    return this.#options.keep(caller.token, this.#news.open());
  }

  output(context: Context): Response {
    const caller = this.#signedIn(context);
    const { federation, folder } = this.#options;
    const { run_id } = findRun(federation.state(), context.req.param('id') ?? '');
    return this.#options.keep(caller.token, runOutput(federation, folder, run_id));
  }

  async rows(context: Context): Promise<Response> {
    this.#signedIn(context);
    fromOurPage(context);
    const { ids } = rowsAsked.parse(await readJson(context));
    const { federation } = this.#options;
    await federation.refresh();
    return json(queueRows(federation, ids ?? null));
  }

  async call(context: Context): Promise<Response> {
    const caller = this.#signedIn(context);
    fromOurPage(context);
    const { tool, arguments: args } = called.parse(await readJson(context));
    const { federation } = this.#options;
    const before = lastChangeOf(federation.state(), caller.name);
    try {
      const { next, ...result } = await this.#run(caller, tool, args, context.req.raw.signal);
      const change = lastChangeOf(federation.state(), caller.name);
      const isNew = change !== null && change !== before && tool !== undo.name;
      return json({ ok: true, result, next, undo: isNew ? undoId(change) : null });
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.status === 500) throw error;
      const { code, message, next } = refusal.body;
      // Its calls stay calls: the board makes links of them, and never says a tool's name.
      return json({ ok: false, error: { code, message, next } }, refusal.status);
    }
  }

  /** As a client of this person would call it. */
  async #run(
    caller: Caller,
    name: string,
    args: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<ToolResult> {
    const { federation } = this.#options;
    const actor = this.#actor(caller);
    if (ofPeople.includes(name)) {
      this.#mayChange(caller, name);
      if (name === undo.name) await federation.execute('undo_change', parseArguments(undo, args), actor);
      else if (name === stopRun.name) await federation.execute('stop_run', parseArguments(stopRun, args), actor);
      else await federation.execute('set_availability', parseArguments(setAgent, args), actor);
      return { next: '' };
    }
    const tool = tools.find((known) => known.name === name);
    if (tool === undefined)
      throw new CallerError('not-found', `There is no tool called ${name}`, 'Load the page again.');
    if (!tool.hints.readOnly) this.#mayChange(caller, name);
    await federation.refresh();
    return await tool.handle(parseArguments(tool, args), {
      federation,
      actor: () => actor,
      reader: () => actor,
      readOnly: caller.readOnly,
      signal,
      progress: async () => {},
    });
  }

  #mayChange(caller: Caller, tool: string): void {
    if (!caller.readOnly) return;
    const { operator } = this.#options.federation.config;
    throw new OperatorError(
      'not-allowed',
      `${tool} changes something, and this browser may only look`,
      `Ask ${operator} for a token that is not read-only.`,
    );
  }

  #actor({ name }: Caller): Actor {
    return {
      name,
      kind: 'person',
      session: null,
      client: boardClient,
      provenance: { via: 'http', client: boardClient },
    };
  }

  async #dataAt(path: string, query: URLSearchParams, caller: Caller): Promise<PageData> {
    const { federation } = this.#options;
    await federation.refresh();
    // With the place in the journal: what was made before a change must not answer who asks because of it.
    const key = JSON.stringify([path, query.toString(), caller.name, caller.readOnly, federation.seq]);
    const now = performance.now();
    for (const [known, { at }] of this.#shared) if (now - at > sharedMs) this.#shared.delete(known);
    const shared = this.#shared.get(key);
    if (shared !== undefined) return await shared.json;
    const made = this.#make(path, query, caller);
    this.#shared.set(key, { at: now, json: made });
    return await made;
  }

  async #make(path: string, query: URLSearchParams, caller: Caller): Promise<PageData> {
    const { federation } = this.#options;
    const reader = { name: caller.name, readOnly: caller.readOnly };
    const page = await pageAt(federation, path, query, { reader: this.#actor(caller), timelines: this.#timelines });
    return visible({ shell: shellOf(federation, reader), page });
  }

  /** Null: nobody has signed in, or whoever did is a person here no longer. */
  #reader(context: Context): Caller | null {
    const caller = this.#options.callers.browser(context);
    if (caller === null || participantKind(this.#options.federation.config, caller.name) !== 'person') return null;
    return caller;
  }

  #signedIn(context: Context): Caller {
    const caller = this.#reader(context);
    if (caller !== null) return caller;
    throw new Refusal(401, new CallerError('not-identified', 'This browser is not signed in', 'Sign in at /sign-in.'));
  }

  async signIn(context: Context): Promise<Response> {
    const { tokens, callers, federation, addressOf } = this.#options;
    const secret = (await formField(context, 'token')).trim();
    const problem = (message: string, status: 401 | 403 | 429): Response =>
      context.html(renderSignIn(this.assets, themeOf(context), message), status);
    const token = tokens.find(secret, 'bearer');
    if (token === null) {
      callers.noteWrong(addressOf(context));
      return problem('This token is unknown, expired or revoked.', 401);
    }
    if (participantKind(federation.config, token.name) !== 'person') {
      return problem(`This token is ${token.name}’s. The board is for people.`, 403);
    }
    const made = await tokens.signIn(secret);
    if (made === null) return problem('This token was revoked just now.', 401);
    this.#setCookie(context, made);
    return context.redirect('/', 303);
  }

  async signInByCode(context: Context): Promise<Response> {
    const { tokens, callers, addressOf } = this.#options;
    const made = await tokens.signIn((await formField(context, 'code')).trim());
    if (made === null) {
      callers.noteWrong(addressOf(context));
      return context.html(
        renderSignIn(
          this.assets,
          themeOf(context),
          'This code was used already, or is older than a minute. Run fed serve --open again.',
        ),
        401,
      );
    }
    this.#setCookie(context, made);
    return context.html(renderSignedIn(this.assets));
  }

  async signOut(context: Context): Promise<Response> {
    const { callers, tokens, cookie } = this.#options;
    const caller = callers.browser(context);
    if (caller !== null) await tokens.revoke(caller.token);
    deleteCookie(context, cookie, { path: '/' });
    return context.redirect('/sign-in', 303);
  }

  #setCookie(context: Context, { secret, token }: MadeToken): void {
    const { cookie, isSecure } = this.#options;
    const maxAge =
      token.expires_at === null
        ? undefined
        : Math.max(1, Math.floor((toMillis(token.expires_at) - Date.now()) / second));
    setCookie(context, cookie, secret, {
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      secure: isSecure || context.req.header('x-forwarded-proto') === 'https',
      ...(maxAge === undefined ? {} : { maxAge }),
    });
  }
}

/** A cookie goes along with what any page sends; this header does not. */
function fromOurPage(context: Context): void {
  const site = context.req.header('sec-fetch-site');
  if (context.req.header(boardHeader) !== undefined && (site === undefined || site === 'same-origin')) return;
  throw forbidden('This did not come from a page of the board', 'Do it on the board.');
}

function themeOf(context: Context): string | null {
  return getCookie(context, themeCookie) ?? null;
}

async function formField(context: Context, name: string): Promise<string> {
  const value = (await context.req.parseBody())[name];
  return typeof value === 'string' ? value.slice(0, 500) : '';
}

/** What cannot be seen, or moves the text around it, is shown as an escape: the same as everywhere else. */
function visible(data: PageData): PageData {
  const text = JSON.stringify(data);
  const seen = shownJson(text);
  return seen === text ? data : asPageData(JSON.parse(seen), data);
}

/** The same shape: only characters within its texts differ. */
function asPageData(value: unknown, like: PageData): PageData {
  const isSame = (candidate: unknown): candidate is PageData => typeof candidate === 'object' && candidate !== null;
  return isSame(value) ? value : like;
}

function json(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
  });
}
