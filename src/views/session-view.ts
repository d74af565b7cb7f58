/** What an agent reads first: who it is, what is there for it, what the others did. At most 6 KB. */
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Actor } from '../domain/commands.ts';
import type { FederationEvent } from '../domain/events.ts';
import { participantKind } from '../domain/participants.ts';
import { fitOf } from '../domain/tasks/claim-task.ts';
import type { Task } from '../domain/tasks/task.ts';
import type { Federation } from '../federation.ts';
import { newsFrom } from './news.ts';
import { agentViews, readyFor } from './queue-views.ts';
import { briefHeld, firstWords, heldBy, present } from './task-views.ts';
import { ballotsDue } from './vote-views.ts';

/** Entries in each section. */
const most = 5;
/** Bytes of identity text given inline; its path is always given. */
const identityBytes = 1_536;
/** Records looked through for news. */
const newsRecords = 500;
/** Bytes of JSON; what `next` adds stays below 6 KB in all. */
const largest = 5_700;

export async function sessionView(federation: Federation, actor: Actor, seenBefore: number) {
  const { config } = federation;
  const records = await federation.tail(newsRecords, seenBefore);
  const identity = await identityOf(federation, actor.name);
  const state = federation.state();
  const kind = participantKind(config, actor.name);
  const agent = Object.hasOwn(config.agents, actor.name) ? config.agents[actor.name] : undefined;
  const held = heldBy(state, actor.name);
  const here = held.filter((task) => task.lease?.session === actor.session);
  const elsewhere = held.filter((task) => task.lease?.session !== actor.session);
  const readyTotal = state.index.ready.count(fitOf(state, config, actor.name));
  return fitted({
    you: present({
      name: actor.name,
      kind,
      role: agent?.role,
      types: agent?.types,
      capacity: agent?.capacity,
      identity,
    }),
    principles: config.principles,
    roster: agentViews(state, config, federation.presence()).map(({ name, role, status, open: count }) => ({
      name,
      role: firstWords(role, 60),
      status,
      open: count,
    })),
    operator: config.operator,
    paused: state.meta.paused,
    ready: readyFor(state, config, actor.name, most),
    ...(readyTotal > most ? { ready_total: readyTotal } : {}),
    held_here: here.slice(0, most).map(briefHeld),
    held_elsewhere: elsewhere.slice(0, most).map(briefHeld),
    ballots_due: ballotsDue(state, actor.name, most),
    news: newsFrom(records, actor.name, most, (event) => concernsAny(event, held)),
    ...(kind === 'person' ? { inbox: state.escalations.size } : {}),
    ...(federation.fault === null ? {} : { warning: federation.fault }),
    ...present({
      config_warnings: federation.configWarnings.slice(0, 2).map(({ message }) => firstWords(message, 300)),
    }),
  });
}

/** Changes the ground under work in hand: must not drown in the rest. */
function concernsAny(event: FederationEvent, held: readonly Task[]): boolean {
  return event.type === 'vote_overruled' && held.some((task) => event.told.includes(task.task_id));
}

interface Shrinkable {
  readonly you: Readonly<Record<string, unknown>>;
  readonly principles: readonly string[];
  readonly roster: readonly { name: string; role: string; status: string; open: number }[];
  readonly news: readonly string[];
}

/** Shortens what can be read elsewhere, the least needed first, until it fits. */
function fitted<View extends Shrinkable>(view: View): View {
  const steps: readonly ((shown: View) => View)[] = [
    (shown) => ({ ...shown, you: { ...shown.you, identity: shorter(shown.you['identity'], sizeOf(shown) - largest) } }),
    (shown) => ({ ...shown, news: shown.news.slice(-2) }),
    (shown) => ({ ...shown, roster: shown.roster.slice(0, 20).map((entry) => ({ ...entry, role: '' })) }),
    (shown) => ({ ...shown, principles: shown.principles.map((text) => firstWords(text, 100)) }),
    (shown) => ({ ...shown, principles: shown.principles.slice(0, most) }),
  ];
  let shown = view;
  for (const step of steps) if (sizeOf(shown) > largest) shown = step(shown);
  return shown;
}

function sizeOf(view: unknown): number {
  return Buffer.byteLength(JSON.stringify(view));
}

/** By this many bytes of JSON; escapes and wide characters make it a little more. */
function shorter(identity: unknown, by: number): unknown {
  if (typeof identity !== 'object' || identity === null || !('text' in identity)) return identity;
  if (typeof identity.text !== 'string') return identity;
  const kept = identity.text.length - by - 1;
  return { ...identity, text: kept < 80 ? undefined : `${identity.text.slice(0, kept)}…` };
}

/** The agent's identity text, cut to what is worth its price; where the file is missing the path says so. */
async function identityOf(federation: Federation, name: string): Promise<Record<string, string> | null> {
  const path = Object.hasOwn(federation.config.agents, name) ? federation.config.agents[name]?.identity : undefined;
  if (path === undefined) return null;
  try {
    // Only the beginning is read, however large the file has become since it was checked.
    const file = await open(resolve(federation.projectDir, path));
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(identityBytes + 1), 0, identityBytes + 1, 0);
      if (bytesRead <= identityBytes) return { path, text: buffer.toString('utf8', 0, bytesRead) };
      return {
        path,
        text: `${new TextDecoder().decode(buffer.subarray(0, identityBytes - 3)).replace(/\uFFFD+$/, '')}…`,
      };
    } finally {
      await file.close();
    }
  } catch {
    return { path, text: '(this file cannot be read)' };
  }
}
