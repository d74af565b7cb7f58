/**
 * Ballots that cannot be read until the vote closes.
 *
 * The whole ballot, confidence and reasoning included, is written as JSON,
 * padded with zeros to one size for all ballots, and encrypted with AES-256-GCM
 * under the key that the vote's opening carries. Vote and agent are bound in as
 * additional data: a sealed ballot copied to another vote or agent does not open.
 *
 * This keeps ballots from being seen by a glance at the store, in state, in a
 * log or through a tool. It is no secret from whoever can read the journal and
 * means to: the key is in there too. `docs/voting-system.md` says what follows.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { z } from 'zod';
import { CallerError, StoreError } from '../errors.ts';
import type { AgentName } from '../tasks/task.ts';
import type { Ballot, VoteId } from './vote.ts';

/** As events carry it: base64 of what their names say. `data` is ciphertext and tag. */
export interface SealedBallot {
  readonly nonce: string;
  readonly data: string;
}

/** What a sealed ballot belongs to. */
export interface BallotOwner {
  readonly vote_id: VoteId;
  readonly agent: AgentName;
}

/** Bytes of a key; 32 random ones a vote. */
export const keyBytes = 32;
/** Bytes of a nonce; 12 fresh random ones a ballot and revision. Two uses under one key would give both ballots away. */
export const nonceBytes = 12;
/** Bytes of a ballot's JSON, at most; every sealed ballot is as long as if it had these. About 7,500 letters of reasoning. */
export const ballotBytes = 8192;

const tagBytes = 16;
const lengthBytes = 4;
const algorithm = 'aes-256-gcm';

const ballotSchema = z.strictObject({
  choice: z.string(),
  also: z.array(z.string()),
  confidence: z.int().min(0).max(1000),
  reasoning: z.string(),
  block: z.boolean(),
});

function additionalData({ vote_id, agent }: BallotOwner): Buffer {
  return Buffer.from(JSON.stringify(['ballot', 1, vote_id, agent]));
}

/** Keys and nonces in events are base64. */
export function encodeBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** @throws StoreError `corrupt-store` where the text is not base64 of `count` bytes */
export function decodeBytes(text: string, count: number): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length !== count || bytes.toString('base64') !== text) {
    throw new StoreError('corrupt-store', `Expected base64 of ${count} bytes in a vote's record`, restoreHint);
  }
  return bytes;
}

const restoreHint = 'Run `fed doctor` to see what is damaged and how to restore it.';

/**
 * Seals a ballot. The same arguments give the same bytes; randomness is the
 * caller's.
 *
 * @param key 32 bytes, the vote's
 * @param nonce 12 bytes, never used before with this key
 * @throws CallerError `invalid` where the ballot does not fit into `ballotBytes`
 * @throws RangeError where key or nonce have another length
 */
export function sealBallot(ballot: Ballot, owner: BallotOwner, key: Uint8Array, nonce: Uint8Array): SealedBallot {
  if (nonce.length !== nonceBytes) throw new RangeError(`Expected a nonce of ${nonceBytes} bytes, got ${nonce.length}`);
  const { choice, also, confidence, reasoning, block } = ballot;
  const text = Buffer.from(JSON.stringify({ choice, also, confidence, reasoning, block }));
  if (text.length > ballotBytes) {
    throw new CallerError(
      'invalid',
      `Expected reasoning and choices of at most ${ballotBytes} bytes together, got ${text.length}`,
      'Shorten the reasoning; put long material in a file and name it.',
    );
  }
  const padded = Buffer.alloc(lengthBytes + ballotBytes);
  padded.writeUInt32BE(text.length);
  text.copy(padded, lengthBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(additionalData(owner));
  const data = Buffer.concat([cipher.update(padded), cipher.final(), cipher.getAuthTag()]);
  return { nonce: encodeBytes(nonce), data: data.toString('base64') };
}

/**
 * Opens a sealed ballot.
 *
 * @throws StoreError `corrupt-store` where it was changed, or belongs to
 *   another vote or agent, or the key is not the vote's
 */
export function openBallot(sealed: SealedBallot, owner: BallotOwner, key: Uint8Array): Ballot {
  const nonce = decodeBytes(sealed.nonce, nonceBytes);
  const data = decodeBytes(sealed.data, lengthBytes + ballotBytes + tagBytes);
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(additionalData(owner));
  decipher.setAuthTag(data.subarray(-tagBytes));
  try {
    const padded = Buffer.concat([decipher.update(data.subarray(0, -tagBytes)), decipher.final()]);
    const length = padded.readUInt32BE();
    return ballotSchema.parse(JSON.parse(padded.subarray(lengthBytes, lengthBytes + length).toString('utf8')));
  } catch {
    throw new StoreError(
      'corrupt-store',
      `The sealed ballot of ${owner.agent} in ${owner.vote_id} cannot be opened: it does not match its key, vote and agent`,
      restoreHint,
    );
  }
}
