/**
 * token     a secret that says who calls over HTTP. It is shown once and kept as its SHA-256.
 * bearer    what an agent's client sends with every request, and what a person signs in to the board with
 * browser   what a browser that signed in keeps in its cookie; it ends with the token it came from
 * code      signs the operator's own browser in: once, within a minute
 */
import { hash, randomBytes, timingSafeEqual } from 'node:crypto';
import { hour, minute, type Timestamp } from '../domain/time.ts';

export type TokenKind = 'bearer' | 'browser' | 'code';

export interface Token {
  /** The beginning of the secret; it names the token in lists and commands. */
  readonly id: string;
  readonly kind: TokenKind;
  /** Who calls with it. */
  readonly name: string;
  readonly read_only: boolean;
  readonly created_at: Timestamp;
  readonly created_by: string;
  /** `null`: until it is revoked. */
  readonly expires_at: Timestamp | null;
  /** Of a browser's: the token it signed in with, which takes it along when it is revoked. */
  readonly parent: string | null;
}

export interface KeptToken extends Token {
  readonly sha256: string;
}

/** How long a browser stays signed in. */
export const browserSession = 12 * hour;
export const codeLife = minute;

const shownChars = 8;

export function makeSecret(kind: TokenKind): { readonly id: string; readonly secret: string } {
  const lead = { bearer: 'fed_', browser: 'fedb_', code: 'fedc_' }[kind];
  // 256 random bits: nobody finds one by trying, so a plain hash keeps it safe.
  const secret = `${lead}${randomBytes(32).toString('base64url')}`;
  return { id: secret.slice(0, lead.length + shownChars), secret };
}

export function hashOf(secret: string): string {
  return hash('sha256', secret);
}

/** Every token is compared, each in constant time: how long the answer takes tells nothing about any of them. */
export function tokenOf(secret: string, tokens: readonly KeptToken[]): KeptToken | null {
  const given = Buffer.from(hashOf(secret));
  let found: KeptToken | null = null;
  for (const token of tokens) {
    const kept = Buffer.from(token.sha256);
    if (kept.length === given.length && timingSafeEqual(kept, given)) found = token;
  }
  return found;
}

export function hasExpired({ expires_at }: Token, now: Timestamp): boolean {
  return expires_at !== null && expires_at <= now;
}
