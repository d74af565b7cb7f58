/** What an agent reads first: who it is, what is there for it, what the others did. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Actor } from '../domain/commands.ts';
import type { FederationEvent } from '../domain/events.ts';
import { participantKind } from '../domain/participants.ts';
import type { Federation } from '../federation.ts';
import { logEntries } from './event-lines.ts';
import { agentViews, readyFor } from './queue-views.ts';
import { briefHeld, firstWords, heldBy, present } from './task-views.ts';
import { ballotsDue } from './vote-views.ts';

/** Entries in each section. */
const most = 5;
/** Bytes of identity text given inline; its path is always given. */
const identityBytes = 1_536;
/** Records looked through for news. */
const newsRecords = 200;

export async function sessionView(federation: Federation, actor: Actor, seenBefore: number) {
  const { config } = federation;
  const news = await newsFor(federation, actor.name, seenBefore);
  const identity = await identityOf(federation, actor.name);
  const state = federation.state();
  const agent = Object.hasOwn(config.agents, actor.name) ? config.agents[actor.name] : undefined;
  const held = heldBy(state, actor.name);
  const here = held.filter((task) => task.lease?.session === actor.session);
  const elsewhere = held.filter((task) => task.lease?.session !== actor.session);
  const ready = readyFor(state, config, actor.name, most);
  return {
    you: present({
      name: actor.name,
      kind: participantKind(config, actor.name),
      role: agent?.role,
      types: agent?.types,
      capacity: agent?.capacity,
      identity,
    }),
    principles: config.principles,
    roster: agentViews(state, config, federation.presence()).map(({ name, role, status, open }) => ({
      name,
      role: firstWords(role, 60),
      status,
      open,
    })),
    operator: config.operator,
    paused: state.meta.paused,
    ready,
    held_here: here.slice(0, most).map(briefHeld),
    held_elsewhere: elsewhere.slice(0, most).map(briefHeld),
    ballots_due: ballotsDue(state, actor.name, most),
    news,
    ...(federation.fault === null ? {} : { warning: federation.fault }),
  };
}

async function newsFor(federation: Federation, name: string, seen: number): Promise<string[]> {
  const records = await federation.tail(newsRecords, seen);
  const held = federation.state().index.heldBy.get(name) ?? new Set();
  const news = records.flatMap((record) => {
    const events = record.commands.flatMap((command) => command.events);
    return logEntries(record)
      .map((entry, place) => ({ ...entry, concerns: concernsHeld(events[place], held) }))
      .filter((entry) => entry.by !== name);
  });
  // What changes the ground under work in hand must not drown in the rest.
  const lines = [...news.filter(({ concerns }) => !concerns), ...news.filter(({ concerns }) => concerns)].map((entry) =>
    firstWords(`${entry.at.slice(5, 16).replace('T', ' ')} ${entry.by} ${entry.text}`, 160),
  );
  const newest = lines.slice(-most);
  return lines.length > most
    ? [
        `${lines.length - most}${records.length === newsRecords ? '+' : ''} earlier events; see federation://log`,
        ...newest.slice(1),
      ]
    : newest;
}

/** A vote was overruled that a task in the agent's hands builds on. */
function concernsHeld(event: FederationEvent | undefined, held: ReadonlySet<string>): boolean {
  return event?.type === 'vote_overruled' && event.told.some((id) => held.has(id));
}

/** The agent's identity text, cut to what is worth its price; where the file is missing the path says so. */
async function identityOf(federation: Federation, name: string): Promise<Record<string, string> | null> {
  const path = Object.hasOwn(federation.config.agents, name) ? federation.config.agents[name]?.identity : undefined;
  if (path === undefined) return null;
  try {
    const text = await readFile(resolve(federation.projectDir, path), 'utf8');
    const bytes = Buffer.from(text);
    if (bytes.length <= identityBytes) return { path, text };
    return { path, text: `${new TextDecoder().decode(bytes.subarray(0, identityBytes)).replace(/\uFFFD+$/, '')}…` };
  } catch {
    return { path, text: '(this file cannot be read)' };
  }
}
