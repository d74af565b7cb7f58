/** What an agent reads first: who it is, what is there for it, what the others did. At most 6 KB. */
import type { Actor } from '../domain/commands.ts';
import type { FederationEvent } from '../domain/events.ts';
import { participantKind } from '../domain/participants.ts';
import { fitOf } from '../domain/tasks/fit.ts';
import type { Task } from '../domain/tasks/task.ts';
import type { Federation } from '../federation.ts';
import { readStart } from '../files/project.ts';
import { agentViews, readyFor, shownStatus } from './queue-views.ts';
import { briefHeld, firstWords, heldBy, present } from './task-views.ts';
import { ballotsDue, type DueBallot } from './vote-views.ts';

/** Entries in each section. */
const most = 5;
/** Bytes of identity text given inline; its path is always given. */
const identityBytes = 1_536;
/** Records looked through for news. */
const newsRecords = 500;
/** Bytes of JSON; what `next` adds stays below 6 KB in all. */
const largest = 5_700;

export async function sessionView(federation: Federation, actor: Actor, seenBefore: number): Promise<Session> {
  return fitted(await everything(federation, actor, seenBefore));
}

export type Session = Awaited<ReturnType<typeof everything>>;

async function everything(federation: Federation, actor: Actor, seenBefore: number) {
  const { config } = federation;
  // The handshake waits for every module that is imported above, and kinds of events are many.
  const { newsFrom } = await import('./news.ts');
  const records = await federation.tail(newsRecords, seenBefore);
  const identity = await identityOf(federation, actor.name);
  const state = federation.state();
  const kind = participantKind(config, actor.name);
  const agent = Object.hasOwn(config.agents, actor.name) ? config.agents[actor.name] : undefined;
  const held = heldBy(state, actor.name);
  const here = held.filter((task) => task.lease?.session === actor.session);
  const elsewhere = held.filter((task) => task.lease?.session !== actor.session);
  const readyTotal = state.index.ready.count(fitOf(state, federation.attendance(), actor.name));
  const warnings = federation.configWarnings.slice(0, 2).map(({ message }) => firstWords(message, 300));
  return {
    you: {
      name: actor.name,
      ...present({
        kind,
        role: agent?.role,
        types: agent?.types,
        capacity: agent?.capacity,
        identity,
      }),
    },
    principles: config.principles,
    roster: agentViews(federation).map((one) => ({
      name: one.name,
      role: firstWords(one.role, 60),
      status: shownStatus(one),
      open: one.open,
    })),
    operator: config.operator,
    paused: state.meta.paused,
    ready: readyFor(federation, actor.name, most),
    ...(readyTotal > most ? { ready_total: readyTotal } : {}),
    held_here: here.slice(0, most).map(briefHeld),
    held_elsewhere: elsewhere.slice(0, most).map(briefHeld),
    ballots_due: ballotsDue(state, actor.name, most),
    news: newsFrom(records, actor.name, most, (event) => concernsAny(event, held)),
    ...(kind === 'person' ? { inbox: state.escalations.size, ...present({ board: federation.boardAddress() }) } : {}),
    ...(federation.fault === null ? {} : { warning: federation.fault }),
    ...(warnings.length === 0 ? {} : { config_warnings: warnings }),
  };
}

/** Changes the ground under work in hand: must not drown in the rest. */
function concernsAny(event: FederationEvent, held: readonly Task[]): boolean {
  return event.type === 'vote_overruled' && held.some((task) => event.told.includes(task.task_id));
}

/**
 * Shortens what can be read elsewhere, the least needed first, until it fits.
 * After the last step every text and list has a bound, and the bounds add up to
 * about 4 KB: whatever is written where, it fits.
 */
const steps: readonly ((shown: Session) => Session)[] = [
  (shown) => ({ ...shown, paused: shortPause(shown.paused, 300) }),
  (shown) => ({ ...shown, you: withShorterIdentity(shown.you, sizeOf(shown) - largest) }),
  (shown) => ({ ...shown, news: shown.news.slice(-2) }),
  (shown) => ({ ...shown, roster: shown.roster.slice(0, 20).map((entry) => ({ ...entry, role: '' })) }),
  (shown) => ({ ...shown, principles: shown.principles.map((text) => firstBytes(text, 100)) }),
  (shown) => ({ ...shown, principles: shown.principles.slice(0, most) }),
  ...[200, 100, 50, 25].map((bytes) => (shown: Session) => withShortTexts(shown, bytes)),
  (shown) => ({ ...shown, roster: shown.roster.slice(0, most), you: withFewTypes(shown.you) }),
  (shown) => ({
    ...shown,
    principles: shown.principles.slice(0, 2),
    ready: shown.ready.slice(0, 2),
    held_here: shown.held_here.slice(0, 2),
    held_elsewhere: shown.held_elsewhere.slice(0, 2),
    ballots_due: shown.ballots_due.slice(0, 2).map(withoutOptions),
  }),
];

function fitted(view: Session): Session {
  let shown = view;
  for (const step of steps) if (sizeOf(shown) > largest) shown = step(shown);
  return shown;
}

function sizeOf(view: unknown): number {
  return Buffer.byteLength(JSON.stringify(view));
}

/** Bytes that a text takes within JSON: escapes count as they are written. */
function bytesOf(text: string): number {
  return sizeOf(text) - 2;
}

/** As much of a text as takes at most so many bytes within JSON, never half a character. */
function firstBytes(text: string, bytes: number): string {
  if (bytesOf(text) <= bytes) return text;
  let kept = '';
  let used = bytesOf('…');
  for (const character of text) {
    used += bytesOf(character);
    if (used > bytes) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

/** Every text that somebody wrote, to so many bytes. Ids, names and types stay whole. */
function withShortTexts(shown: Session, bytes: number): Session {
  const short = (text: string): string => firstBytes(text, bytes);
  const described = <Entry extends { readonly description: string }>(entry: Entry): Entry => ({
    ...entry,
    description: short(entry.description),
  });
  const { role } = shown.you;
  const { warning, config_warnings } = shown;
  return {
    ...shown,
    you: { ...shown.you, ...(role === undefined ? {} : { role: short(role) }) },
    principles: shown.principles.map(short),
    paused: shortPause(shown.paused, bytes),
    ready: shown.ready.map(described),
    held_here: shown.held_here.map(described),
    held_elsewhere: shown.held_elsewhere.map(described),
    // An option is cast exactly as it is: one that is too long is left out, not cut.
    ballots_due: shown.ballots_due.map((due) => ({ ...withShortOptions(due, bytes), question: short(due.question) })),
    news: shown.news.map(short),
    ...(warning === undefined
      ? {}
      : { warning: { ...warning, message: short(warning.message), next: short(warning.next) } }),
    ...(config_warnings === undefined ? {} : { config_warnings: config_warnings.map(short) }),
  };
}

function shortPause(paused: Session['paused'], bytes: number): Session['paused'] {
  if (paused === null || paused.reason === null) return paused;
  return { ...paused, reason: firstBytes(paused.reason, bytes) };
}

/** As many options as together take at most so many bytes; get_vote has the rest. */
function withShortOptions(due: DueBallot, bytes: number): DueBallot {
  const options: string[] = [];
  let used = 0;
  for (const option of due.options) {
    used += bytesOf(option);
    if (used > bytes) break;
    options.push(option);
  }
  const more = (due.more_options ?? 0) + due.options.length - options.length;
  return { ...due, options, ...(more > 0 ? { more_options: more } : {}) };
}

function withoutOptions(due: DueBallot): DueBallot {
  return { ...due, options: [], more_options: due.options.length + (due.more_options ?? 0) };
}

function withFewTypes(you: Session['you']): Session['you'] {
  return you.types === undefined ? you : { ...you, types: you.types.slice(0, 10) };
}

/** By this many bytes of JSON. */
function withShorterIdentity(you: Session['you'], by: number): Session['you'] {
  const { path, text } = you.identity ?? {};
  if (path === undefined || text === undefined) return you;
  const kept = bytesOf(text) - by;
  return { ...you, identity: kept < 80 ? { path } : { path, text: firstBytes(text, kept) } };
}

/** The agent's identity text, cut to what is worth its price; where the file is missing the path says so. */
async function identityOf(
  federation: Federation,
  name: string,
): Promise<{ readonly path: string; readonly text?: string } | null> {
  const path = Object.hasOwn(federation.config.agents, name) ? federation.config.agents[name]?.identity : undefined;
  if (path === undefined) return null;
  try {
    // Only the beginning is read, however large the file has become since it was checked.
    const file = await federation.project.open(path);
    try {
      const start = await readStart(file, identityBytes + 1);
      if (start.length <= identityBytes) return { path, text: start.toString() };
      return { path, text: `${start.toString('utf8', 0, identityBytes - 3).replace(/\uFFFD+$/, '')}…` };
    } finally {
      await file.close();
    }
  } catch {
    return { path, text: '(this file cannot be read)' };
  }
}
