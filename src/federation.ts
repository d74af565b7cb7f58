/** The application as everything around it sees it; `src/application/` runs it. */
import type { Attendance } from './domain/agents/attendance.ts';
import type { Actor, ArgsOf, CommandName, ResultOf } from './domain/commands.ts';
import type { Config } from './config/schema.ts';
import type { FederationState } from './domain/federation-state.ts';
import type { Router } from './domain/routing/router.ts';
import type { Timestamp } from './domain/time.ts';
import type { ConfigWarning, LoadedConfig } from './config/load-config.ts';
import type { Project } from './files/project.ts';
import type { SharedDocuments } from './files/shared-document.ts';
import type { Router as LearnedRouter } from './routing/router.ts';
import type { EventStore, PresenceEntry, StoredRecord, StoreFault } from './store/event-store.ts';

/** What changed in the federation, coarse enough to tell subscribers. */
export type FederationChange = Readonly<{
  tasks: ReadonlySet<string>;
  /** Agents to whom changed tasks are, or were, addressed. */
  addressees: ReadonlySet<string>;
  votes: ReadonlySet<string>;
  /** Agents whose metrics changed. */
  measured: ReadonlySet<string>;
  agents: boolean;
  /** Runs of agents' programs. */
  runs: boolean;
  /** Escalations, or follow-ups that are kept. */
  inbox: boolean;
  /** The pause, automatic scheduling, or the configuration. */
  switches: boolean;
}>;

/** How deliveries of escalations stand. The inbox has them all, whatever is delivered. */
export interface WebhookStanding {
  /** Not delivered yet; being tried. */
  readonly pending: number;
  /** Given up, and not answered yet. */
  readonly failed: number;
  readonly delivered: number;
  readonly last_error: { readonly at: Timestamp; readonly message: string } | null;
  /** Nothing is sent from this machine before the operator approves it. */
  readonly unapproved?: true;
}

/** Why nothing is written to the readable log. */
export interface LogFault {
  readonly message: string;
  readonly next: string;
}

export interface FederationOptions {
  readonly store: EventStore;
  readonly config: Config;
  readonly configWarnings?: readonly ConfigWarning[];
  /** Asked about once a second: the configuration where it changed, else null. Absent: it never changes. */
  readonly refreshConfig?: () => Promise<LoadedConfig | null>;
  /** The folder that holds `.federation`, and what of the disk its configuration may reach. */
  readonly project: Project;
  /** Milliseconds since 1970; the machine's clock unless a simulation brings its own. */
  readonly clock?: () => number;
  /** Never goes back. A simulation without one has a clock that nobody holds against those of others. */
  readonly monotonic?: () => number;
  /** Told of every record this process commits, once it is durable. */
  readonly onCommitted?: (record: StoredRecord) => void;
  /** The journal turned out to be another one. */
  readonly onRestart?: () => void;
  /** Called about once a second where time is kept. */
  readonly onTick?: () => void;
  /** How deliveries to the webhook stand, where one is configured. */
  readonly webhook?: () => WebhookStanding | null;
  /** Where `fed serve` of this federation is reached on this machine; null: it does not run. */
  readonly boardAddress?: () => string | null;
  /** Why nothing is written to the readable log; null: it is, or none is wanted. */
  readonly logFault?: () => Promise<LogFault | null>;
  /** Where what the router has learned is kept; absent: each process that needs it learns from the journal. */
  readonly routerFile?: RouterFile;
  /** Told of what failed beside the commands (keeping time, a checkpoint) and is tried again: once until it works. */
  readonly onTrouble?: (what: string, error: unknown) => void;
  /** Awaited at the end of `close`. */
  readonly onClose?: () => Promise<void>;
}

/** Where what the router has learned is kept between processes. */
export interface RouterFile {
  read(): Promise<Buffer | null>;
  /** Replaces it whole. */
  write(content: Uint8Array): Promise<void>;
}

/** The router with everything learned so far. */
export interface LoadedRouter extends Router {
  /** The library's own, for evaluation. */
  readonly router: LearnedRouter;
}

/** The federation as tools, views and the command line see it. */
export interface Federation {
  /** The one in force now: a live process takes a changed file within about a second. */
  readonly config: Config;
  /** What is wrong with the file, while the last good configuration is in force. */
  readonly configWarnings: readonly ConfigWarning[];
  /** The folder that holds `.federation`, and what of the disk its configuration may reach. */
  readonly project: Project;
  /** Set while the store is read-only: shown with every answer. */
  readonly fault: StoreFault | null;
  /** The newest record folded. */
  readonly seq: number;
  /** Now, by the clock decisions are made with: federation time. */
  now(): Timestamp;
  /** What is wrong with the clocks of this process, of others, and of the journal; for status. */
  clockWarnings(): readonly string[];
  /**
   * The state after what was taken in last, by `refresh` or by a command of this
   * process. In memory. Read it at once; it moves on.
   */
  state(): FederationState;
  /**
   * Takes in what anyone has committed until now, and who is alive: before a
   * read that must be current. A command does so itself.
   * @throws StoreError where the store cannot be read now
   */
  refresh(): Promise<void>;
  /** The newest records in order, for the log and for news; `after`: only those beyond this one. */
  tail(limit: number, after?: number): Promise<readonly StoredRecord[]>;
  /** Every record there is, from the first on. */
  history(): AsyncGenerator<StoredRecord, void, undefined>;
  /** The sessions that this process knows of, and how long each has been silent, as of the last look. */
  presence(): readonly PresenceEntry[];
  /** Who is there, as decisions and views count it. */
  attendance(): Attendance;
  /** What else all machines share beside the chain: tokens; null: it lies in files of the folder. */
  readonly documents: SharedDocuments | null;
  /** Where its board is reached on this machine; `null`: no `fed serve` runs here. */
  boardAddress(): string | null;
  /** `null`: no webhook is configured. */
  webhook(): WebhookStanding | null;
  /** Why nothing is written to the readable log; null: it is, or none is wanted. */
  logFault(): Promise<LogFault | null>;
  /** Calls back with what changed, whichever process changed it. Gives the way to stop. */
  subscribe(listener: (change: FederationChange) => void): () => void;
  /**
   * Runs what time brings about once a second, as every live server process
   * does: watches who is alive, ends leases, starts what is due. Does not keep
   * the process alive.
   */
  keepTime(): void;
  /** Shows the actor's session as alive before it does anything. */
  attend(actor: Actor): void;
  /**
   * Runs a command. Resolves when it is committed and durable.
   * @throws FederationError when refused: nothing of it was written but what its refusal records.
   */
  execute<C extends CommandName>(command: C, args: ArgsOf<C>, actor: Actor): Promise<ResultOf<C>>;
  /** The same command for each of these arguments, each seeing the ones before it; one that is refused undoes all. */
  executeAll<C extends CommandName>(command: C, args: readonly ArgsOf<C>[], actor: Actor): Promise<ResultOf<C>[]>;
  /** The router, loaded for whoever asks first. @throws StoreError where the journal cannot be read. */
  router(): Promise<LoadedRouter>;
  /** As `refresh`, and does what is due by now, where no server does it every second: for a process that only looks. */
  catchUp(): Promise<void>;
  /** Shows signs of life for a session from now on, as its first command would; does nothing where it does already. */
  attend(actor: Actor): void;
  /**
   * Shows no more signs of life for a session, without ending it: a command of it begins them again. What it holds goes
   * back to the queue if none comes within the grace time.
   */
  rest(session: string): void;
  /** Ends use: what waits is finished first, a checkpoint is kept if it is quick. */
  close(): Promise<void>;
}
