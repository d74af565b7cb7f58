/**
 * One client's connection: who acts through it, the session that names it in
 * leases and presence, and what else must not be shared with another client of
 * the same process. Standard input has one for the life of the process, a server
 * for many clients has many; how the messages travel is no concern of it, and
 * several MCP servers may serve it one after the other.
 */
import { randomUUID } from 'node:crypto';
import type { Actor } from '../domain/commands.ts';
import type { Config } from '../config/schema.ts';
import { CallerError, OperatorError } from '../domain/errors.ts';
import { participantKind } from '../domain/participants.ts';
import type { Authentication, Party } from './authentication.ts';
import type { Definitions } from './definitions.ts';
import type { LazyFederation } from './lazy-federation.ts';
import type { Log } from './log.ts';
import { OpenQuestions } from './open-questions.ts';
import { UnderWay } from './under-way.ts';
import { within } from './within.ts';

/** What all connections of a process share. Nothing in it knows of a caller. */
export interface Service {
  readonly definitions: Definitions;
  readonly federation: LazyFederation;
  /** The configuration alone, without loading the store: the list of tools depends on it where a name was given. */
  readonly readConfig: () => Promise<Config>;
  /** `--tools core`. */
  readonly coreOnly: boolean;
  readonly log: Log;
}

/** For calls that are being worked on when the connection ends: their abort signal has been given. */
const longestSettling = 1_000;

export class Connection {
  readonly service: Service;
  readonly authentication: Authentication;
  /** Random, never a pid; over HTTP the one that the client's id stands for. */
  readonly session: string;
  readonly questions = new OpenQuestions();
  readonly underWay = new UnderWay();
  /** Whatever watches the federation for this client. */
  readonly watches = new Set<{ close(): void }>();
  #client: string | null = null;
  #party: Party | null = null;
  #actor: Actor | null = null;
  #checked: Config | null = null;
  #ended = false;

  constructor(service: Service, authentication: Authentication, session: string = randomUUID()) {
    this.service = service;
    this.authentication = authentication;
    this.session = session;
  }

  /** The client introduces itself. The first name stays: another one later changes nothing about who acts. */
  meet(client: string | null): void {
    this.#client ??= client;
  }

  /**
   * Who acts, from the first command on until the connection ends. It stays so
   * when an alias moves to another agent; whoever leaves the roster acts no more.
   * @throws OperatorError where it is not known who this is, or no longer; CallerError once the connection has ended.
   */
  actor(config: Config): Actor {
    if (this.#ended) throw hasEnded();
    // One client calls thousands of times: nothing is looked at again while the configuration stays.
    if (this.#actor !== null && config === this.#checked) return this.#actor;
    if (this.#actor === null) {
      const { provenance } = this.authentication;
      this.#party = this.authentication.identify(config, this.#client, this.service.federation.loaded?.state() ?? null);
      const { name, kind, run } = this.#party;
      const within = run === undefined ? { session: this.session } : { session: run.session, run: run.run_id };
      this.#actor = { name, kind, ...within, client: this.#client, provenance };
    } else if (participantKind(config, this.#actor.name) !== this.#actor.kind) {
      throw noLonger(this.#actor);
    }
    this.#checked = config;
    return this.#actor;
  }

  /** The person in front of the client, as whoever answers what is asked there; `null`: nobody is to be asked. */
  person(config: Config): Actor | null {
    const caller = this.actor(config);
    const name = this.#party?.person ?? null;
    if (name === caller.name) return caller;
    if (name === null || participantKind(config, name) !== 'person') return null;
    const client = this.#client;
    const asking = { asked_by: caller.name, ...(client === null ? {} : { client }) };
    const provenance = { ...this.authentication.provenance, ...asking };
    return { name, kind: 'person', session: null, client, provenance };
  }

  /**
   * Ends this connection alone: lets its calls settle, then gives back what its
   * session holds. An orderly end is not a failed attempt.
   */
  async end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    for (const watch of this.watches) watch.close();
    await within(longestSettling, () => this.underWay.whenSettled());
    const { loaded } = this.service.federation;
    // Nobody ever acted: nothing can have been claimed.
    if (loaded === null || this.#actor === null) return;
    // What a run holds is its runner's to settle, whichever of its servers ends.
    if (this.#actor.run !== undefined) return;
    await loaded.execute('end_session', { session: this.session }, this.#actor);
  }
}

function hasEnded(): CallerError {
  return new CallerError('not-identified', 'This connection has ended', 'Connect again.');
}

function noLonger({ name, kind }: Actor): OperatorError {
  return new OperatorError(
    'unknown-agent',
    `${name} is no longer ${kind === 'agent' ? 'an agent' : 'a person'} of this federation`,
    `Ask the operator to put ${name} back into .federation/config.json, or restart the server under another name.`,
  );
}
