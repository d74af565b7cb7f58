/** What PostgreSQL and the way to it refuse, in words that say what to do. None of them ever holds a password. */
import { FederationError, StoreError } from '../../domain/errors.ts';
import { oneLine } from '../../domain/text.ts';
import { errorCode } from '../../files/error-code.ts';
import type { StoreFault } from '../event-store.ts';
import { type Address, passwordAdvice } from './address.ts';

type Place = Pick<Address, 'host' | 'port' | 'user' | 'database' | 'shown'>;

/** Five characters, by which the server says what it refuses; `undefined`: the refusal is not the server's. */
export function sqlState(error: unknown): string | undefined {
  const code = errorCode(error);
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code) ? code : undefined;
}

/**
 * Whether the same may work on another connection, now or soon: the connection broke or was thrown out, the server ends,
 * starts or has no room. Whether the statement was carried out is open.
 */
export function isPassing(error: unknown): boolean {
  // Worded already: it was decided upon.
  if (error instanceof FederationError) return false;
  const state = sqlState(error);
  if (state !== undefined) return /^(?:08|57|53300|40001|40P01|55P03|25P0)/.test(state);
  return !isRefusal(error);
}

/** Of the client's own: no other connection changes it. */
function isRefusal(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  return (
    /^(?:ENOTFOUND|EACCES|CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code) ||
    isAboutLogin(error) ||
    isAboutTls(error)
  );
}

function isAboutLogin(error: unknown): boolean {
  return /SASL|client password must be a string|password authentication/i.test(messageOf(error));
}

function isAboutTls(error: unknown): boolean {
  return /does not support SSL|certificate/i.test(messageOf(error));
}

/** Nothing was committed. */
export function unavailable(action: string, error: unknown, place: Place): StoreError {
  if (error instanceof StoreError) return error;
  const [why, next] = explain(error, place);
  return new StoreError('store-unavailable', `Could not ${action}: ${why}.`, next);
}

/** It may have been committed. */
export function outcomeUnknown(error: unknown, place: Place): StoreError {
  const [why] = explain(error, place);
  return new StoreError(
    'outcome-unknown',
    `The connection to ${serverOf(place)} was lost while committing, and has not come back: ${why}.`,
    'Check whether it took effect; repeat it only if it did not.',
  );
}

function explain(error: unknown, place: Place): readonly [why: string, next: string] {
  const server = serverOf(place);
  switch (sqlState(error)) {
    case '28P01':
      return [`the password of ${place.user} was refused by ${server}`, passwordAdvice];
    case '28000':
      return [
        `${server} does not let ${place.user} in: ${messageOf(error)}`,
        'Check the user, sslmode and pg_hba.conf.',
      ];
    case '3D000':
      return [`${server} has no database ${place.database}`, `Create it: createdb ${place.database}`];
    case '25006':
      return [
        'the database is read-only',
        'After a failover, point FEDERATION_STORE at the new primary; otherwise ask its administrator.',
      ];
    case '42501':
      return [
        `${place.user} lacks a permission: ${messageOf(error)}`,
        'Grant it what docs/postgresql.md lists under "The role".',
      ];
    case '53300':
      return [`${server} has no connection left`, 'Raise max_connections, or stop clients that are not needed.'];
    case '53100':
      return ['the disk of the database is full', 'Free space there, then try again.'];
    case '57014':
      return ['the database took too long to answer', 'Check its load and its locks, then try again.'];
    case '57P01':
    case '57P02':
    case '57P03':
      return [`${server} is stopping or starting`, 'Wait until it is up, then try again.'];
    case undefined:
      return explainConnection(error, place);
    default:
      return [`${server} says: ${messageOf(error)} (${sqlState(error)})`, 'Check the log of the database.'];
  }
}

function explainConnection(error: unknown, place: Place): readonly [why: string, next: string] {
  const server = serverOf(place);
  if (isAboutLogin(error)) return [`${server} asks for a password of ${place.user}, and none is set`, passwordAdvice];
  if (/does not support SSL/i.test(messageOf(error))) {
    return [`${server} has no TLS`, 'Set it up there, or add sslmode=disable to the URL where the network is trusted.'];
  }
  const code = errorCode(error);
  if (isAboutTls(error) || (code !== undefined && /CERT|SIGNED|SIGNATURE|TLS/.test(code))) {
    return [
      `the certificate of ${server} was not accepted: ${messageOf(error)}`,
      'Add sslrootcert=FILE with the certificate of its authority to the URL.',
    ];
  }
  const reason = code ?? messageOf(error);
  return [`${server} does not answer (${reason})`, 'Check that it runs and that host and port are right.'];
}

function serverOf({ host, port }: Place): string {
  return `PostgreSQL at ${host}:${port}`;
}

/** Of several addresses of one name each has its own reason; the first will do. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return messageOf(error.errors[0]);
  return oneLine(error instanceof Error ? error.message : String(error), 200);
}

export function newerSchemaFault(found: number, known: number): StoreFault {
  return {
    code: 'store-unavailable',
    message: `The database has tables of version ${found}; this program knows them up to version ${known}.`,
    next: 'Update federation-mcp on this machine to the version the others use.',
  };
}

export function damagedRecordFault(seq: number, reason: string): StoreFault {
  return {
    code: 'corrupt-store',
    message: `Record ${seq} in the database ${reason}. Everything before it is intact and readable.`,
    next: 'Restore the database from a backup. Nothing is written until then.',
  };
}

export function lostRecordFault(seq: number, hash: string): StoreFault {
  return {
    code: 'corrupt-store',
    message: `The database lacks record ${seq} (${hash}), which this process has read: it was restored from an older copy, or the server that took over had not received it.`,
    next: 'Find the newer copy of the database. To go on without it, restart all clients.',
  };
}
