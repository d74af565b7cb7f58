/**
 * Losses that a person has accepted, in order: `accepted-loss.json`. Each begins
 * another era of the journal: what was acknowledged before, beyond the record
 * that was kept, is given up; what is acknowledged after it counts as ever.
 *
 * A loss holds once its record is in the journal, and is a claim like any other
 * until then and ever after: a journal without it is read-only.
 */
import type { Position } from '../event-store.ts';
import { isOddFile, readRegularSync } from '../../files/regular-file.ts';
import { writeWhole } from '../../files/write-whole.ts';
import { join } from 'node:path';
import type { JournalReader } from './journal-reader.ts';
import { isPosition } from './position.ts';
import { sealText, unsealText } from './record-codec.ts';

export const acceptedLossesFile = 'accepted-loss.json';

export interface AcceptedLoss {
  /** The last record that was kept. */
  readonly kept: Position;
  /** The record behind it that says so; its hash names the era that it begins. */
  readonly record: Position;
}

export function readAcceptedLosses(dir: string): readonly AcceptedLoss[] {
  try {
    const value = unsealText(readRegularSync(join(dir, acceptedLossesFile)).toString());
    return isLosses(value) ? value.losses : [];
  } catch (error) {
    // Nothing is accepted then, and the loss shows.
    if (isOddFile(error)) return [];
    throw error;
  }
}

/** Durably, all at once. */
export function writeAcceptedLosses(dir: string, losses: readonly AcceptedLoss[]): void {
  writeWhole(join(dir, acceptedLossesFile), sealText({ losses }));
}

/** Whether a journal, read to its end, holds the record there. Before a checkpoint nothing was read: its own hash vouches for that. */
export function holds({ head, hashAt }: Pick<JournalReader, 'head' | 'hashAt'>, { seq, hash }: Position): boolean {
  if (seq > head.seq) return false;
  const there = hashAt(seq);
  return there === undefined || there === hash;
}

function isLosses(value: unknown): value is { readonly losses: readonly AcceptedLoss[] } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'losses' in value &&
    Array.isArray(value.losses) &&
    value.losses.every(isLoss)
  );
}

function isLoss(value: unknown): value is AcceptedLoss {
  return (
    typeof value === 'object' &&
    value !== null &&
    'kept' in value &&
    isPosition(value.kept) &&
    'record' in value &&
    isPosition(value.record)
  );
}
