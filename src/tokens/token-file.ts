/**
 * The tokens of a federation, in a file of their own that only its owner reads (0600), whoever may read the rest. Every
 * process looks at the file again when it has changed, so a token that is revoked lets nobody in from the next request on.
 */
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CallerError, StoreError } from '../domain/errors.ts';
import { addMillis, fromMillis, type Timestamp } from '../domain/time.ts';
import { quote } from '../domain/text.ts';
import { errorCode } from '../files/error-code.ts';
import { makeOwnFolder } from '../files/modes.ts';
import { FileDocument, type SharedDocument, type SharedDocuments } from '../files/shared-document.ts';
import {
  browserSession,
  codeLife,
  hasExpired,
  hashOf,
  type KeptToken,
  makeSecret,
  type Token,
  type TokenKind,
  tokenOf,
} from './token.ts';

/** Below `.federation`; closed to a group that may read the rest. */
export const privateFolder = 'private';

const time = z.string().max(40);
const tokensInFile = z.strictObject({
  version: z.literal(1),
  tokens: z.array(
    z.strictObject({
      id: z.string().min(1).max(40),
      kind: z.enum(['bearer', 'browser', 'code']),
      name: z.string().min(1).max(40),
      read_only: z.boolean(),
      created_at: time,
      created_by: z.string().max(40),
      expires_at: time.nullable(),
      parent: z.string().max(40).nullable(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});
const usesInFile = z.record(z.string(), time);

export interface NewToken {
  readonly name: string;
  readonly created_by: string;
  readonly expires_at: Timestamp | null;
  readonly read_only: boolean;
}

/** A token with the secret, which nobody sees again. */
export interface MadeToken {
  readonly token: Token;
  readonly secret: string;
}

export interface ListedToken extends Token {
  readonly last_used_at: Timestamp | null;
}

export class TokenFile {
  readonly #kept: SharedDocument;
  readonly #keptUses: SharedDocument;
  /** For people. */
  readonly #place: string;
  readonly #now: () => Timestamp;
  #seen: string | null = null;
  #tokens: readonly KeptToken[] = [];
  /** Uses of this process that are not in the file yet. */
  readonly #used = new Map<string, Timestamp>();

  /** `folder`: the `.federation` folder; `documents`: where the store keeps such things for all machines. */
  constructor(
    folder: string,
    now: () => Timestamp = () => fromMillis(Date.now()),
    documents: SharedDocuments | null = null,
  ) {
    const own = join(folder, privateFolder);
    const makeFolder = (): void => {
      makeOwnFolder(own);
      // Where a group may read the rest, a new folder lets it in.
      if (process.platform !== 'win32') chmodSync(own, 0o700);
    };
    const inFile = (name: string): SharedDocument =>
      new FileDocument(join(own, `${name}.json`), join(own, 'lock'), makeFolder);
    this.#kept = (documents ?? inFile)('tokens');
    this.#keptUses = (documents ?? inFile)('token-uses');
    this.#place = documents === null ? join(own, 'tokens.json') : 'the tokens in the database';
    this.#now = now;
  }

  /**
   * Takes in what others have changed: before a request is let in.
   * @throws StoreError where they cannot be read: nobody is let in then.
   */
  async look(): Promise<void> {
    await this.#kept.look();
    this.#read();
  }

  /**
   * Whose secret this is, in the file as it is now; null: nobody's, no longer, or of another kind.
   * @throws StoreError where the file cannot be read: nobody is let in then.
   */
  find(secret: string, kind: TokenKind): Token | null {
    const token = tokenOf(secret, this.#read());
    if (token === null || token.kind !== kind || hasExpired(token, this.#now())) return null;
    return withoutHash(token);
  }

  /** Whether it has not been revoked and has not expired. */
  isValid(id: string): boolean {
    const token = this.#read().find((known) => known.id === id);
    return token !== undefined && !hasExpired(token, this.#now());
  }

  noteUse(id: string): void {
    this.#used.set(id, this.#now());
  }

  /** Bearer tokens and signed-in browsers, oldest first. */
  async list(): Promise<readonly ListedToken[]> {
    await Promise.all([this.#kept.look(), this.#keptUses.look()]);
    const uses = new Map([...Object.entries(usesOf(readable(this.#keptUses))), ...this.#used]);
    return this.#read()
      .filter(({ kind }) => kind !== 'code')
      .map((token) => ({ ...withoutHash(token), last_used_at: uses.get(token.id) ?? null }));
  }

  async add(asked: NewToken): Promise<MadeToken> {
    return await this.#change((tokens) => this.#made('bearer', asked, null, tokens));
  }

  /** A code for the browser of this person, on this machine. */
  async addCode(name: string): Promise<string> {
    const expires_at = addMillis(this.#now(), codeLife);
    const asked = { name, created_by: name, expires_at, read_only: false };
    return (await this.#change((tokens) => this.#made('code', asked, null, tokens))).secret;
  }

  /** Signs a browser in with a token or a code, which is used up. Null: it is none, or no longer. */
  async signIn(secret: string): Promise<MadeToken | null> {
    // Before the lock: who tries secrets must not make the file be written.
    const known = this.find(secret, 'bearer') ?? this.find(secret, 'code');
    if (known === null) return null;
    return await this.#change((tokens) => {
      const from = tokens.find(({ id, sha256 }) => id === known.id && sha256 === hashOf(secret));
      if (from === undefined) return { tokens, result: null };
      const rest = from.kind === 'code' ? tokens.filter((token) => token !== from) : tokens;
      const ends = addMillis(this.#now(), browserSession);
      const parentEnds = from.kind === 'bearer' ? from.expires_at : null;
      const asked = {
        name: from.name,
        created_by: from.created_by,
        expires_at: parentEnds !== null && parentEnds < ends ? parentEnds : ends,
        read_only: from.read_only,
      };
      return this.#made('browser', asked, from.kind === 'bearer' ? from.id : null, rest);
    });
  }

  /**
   * Revokes the token that this id begins, and the browsers that signed in with it.
   * @throws CallerError `not-found`, or `invalid` where several begin so.
   */
  async revoke(beginning: string): Promise<readonly Token[]> {
    return await this.#change((tokens) => {
      const meant = tokens.filter(({ id, kind }) => kind !== 'code' && id.startsWith(beginning));
      const [token] = meant.filter(({ id }) => id === beginning).concat(meant);
      if (token === undefined || beginning === '') {
        throw new CallerError('not-found', `No token begins with ${quote(beginning)}`, 'See fed token list.');
      }
      if (meant.length > 1 && token.id !== beginning) {
        throw new CallerError('invalid', `${meant.length} tokens begin with ${quote(beginning)}`, 'Write more of it.');
      }
      const gone = tokens.filter(({ id, parent }) => id === token.id || parent === token.id);
      return { tokens: tokens.filter((kept) => !gone.includes(kept)), result: gone.map(withoutHash) };
    });
  }

  /** Writes down when tokens were used: now and then, and at the end. */
  async saveUses(): Promise<void> {
    if (this.#used.size === 0) return;
    const known = new Set(this.#read().map(({ id }) => id));
    const used = [...this.#used].filter(([id]) => known.has(id));
    this.#used.clear();
    await this.#keptUses.change((content) => {
      const before = Object.entries(usesOf(content)).filter(([id]) => known.has(id));
      return textOf(Object.fromEntries([...before, ...used]));
    });
  }

  #made(kind: TokenKind, asked: NewToken, parent: string | null, tokens: readonly KeptToken[]) {
    const { id, secret } = makeSecret(kind);
    const token: Token = { id, kind, ...asked, created_at: this.#now(), parent };
    return { tokens: [...tokens, { ...token, sha256: hashOf(secret) }], result: { token, secret } };
  }

  /** One change at a time, whichever process makes it; what has expired is cleared away with it. */
  async #change<T>(
    make: (tokens: readonly KeptToken[]) => { readonly tokens: readonly KeptToken[]; readonly result: T },
  ): Promise<T> {
    // Where it cannot be read, this says why.
    this.#read();
    const results: T[] = [];
    await this.#kept.change((content) => {
      const now = this.#now();
      const { tokens, result } = make(this.#parsed(content).filter((token) => !hasExpired(token, now)));
      results.push(result);
      return textOf({ version: 1, tokens });
    });
    const result = results.at(-1);
    if (result === undefined) throw new Error('Expected the change to be made');
    return result;
  }

  #read(): readonly KeptToken[] {
    const version = this.#kept.version();
    if (version === this.#seen) return this.#tokens;
    try {
      this.#tokens = this.#parsed(this.#kept.read());
    } catch (error) {
      throw this.#unreadable(error);
    }
    this.#seen = version;
    return this.#tokens;
  }

  #parsed(content: string | null): readonly KeptToken[] {
    if (content === null) return [];
    try {
      return tokensInFile.parse(JSON.parse(content)).tokens;
    } catch (error) {
      throw this.#unreadable(error);
    }
  }

  #unreadable(error: unknown): StoreError {
    if (error instanceof StoreError) return error;
    const reason = errorCode(error) ?? 'it is damaged';
    return new StoreError(
      'store-unavailable',
      `Cannot read ${this.#place}: ${reason}`,
      'Fix it, or delete it and make new tokens with fed token add.',
    );
  }
}

/** When a token was last used is worth no failure. */
function usesOf(content: string | null): Readonly<Record<string, Timestamp>> {
  try {
    return content === null ? {} : usesInFile.parse(JSON.parse(content));
  } catch {
    return {};
  }
}

function readable(document: SharedDocument): string | null {
  try {
    return document.read();
  } catch {
    return null;
  }
}

function textOf(content: unknown): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}
function withoutHash({ sha256: _sha256, ...token }: KeptToken): Token {
  return token;
}
