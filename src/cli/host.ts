/** What the command line needs from around it. `src/fed.ts` gives the real thing, tests their own. */
import type { Config } from '../config/schema.ts';
import type { Actor } from '../domain/commands.ts';
import type { ErrorCode } from '../domain/errors.ts';
import type { Federation } from '../federation.ts';
import type { Position, StoredRecord } from '../store/event-store.ts';
import type { OwnPrograms } from '../runner/runner-context.ts';
import type { Backups } from './backups.ts';
import type { ScreenDevice } from './screen.ts';
import type { Terminal } from './terminal.ts';

export interface OpenSettings {
  readonly folder: string;
  /** A nearer `.federation` that is not used: `FederationDir` says why. */
  readonly passedOver?: string | null;
  /** A `postgres://` URL; absent: embedded in the folder. */
  readonly store?: string | undefined;
  /** Opens by the defaults, with a warning, where the configuration is at fault and no good one was ever kept. */
  readonly evenIfBroken?: boolean;
  /** Told of what was done before the federation could be opened. */
  readonly onNotice?: (text: string) => void;
  /** This process committed something. */
  readonly onCommitted?: (record: StoredRecord) => void;
}

/** What `fed doctor --fix` can do without anything being lost. */
export type Fix = 'catch-up' | 'permissions' | 'checkpoint' | 'log' | 'restore';

/** What `fed doctor` found about one thing. */
export interface Finding {
  readonly check: string;
  /** warning: worth knowing; problem: to be fixed. */
  readonly status: 'ok' | 'warning' | 'problem';
  readonly detail: string;
  /** How to fix it. */
  readonly next: string | null;
  /** Set where a problem is one of the store: the exit code says so. */
  readonly code: ErrorCode | null;
  /** Absent: a person has to. */
  readonly fix?: Fix;
}

export interface StressOrder {
  readonly seconds: number;
  /** Starts one worker: a program, and its arguments before the order. */
  readonly program: readonly [string, ...string[]];
  readonly signal: AbortSignal;
  readonly onProgress: (seconds: number) => void;
}

/** What `fed doctor --stress` found out, with the machine it ran on. */
export interface StressReport {
  readonly at: string;
  readonly program: string;
  readonly node: string;
  readonly system: string;
  readonly processor: string;
  readonly memory_mb: number;
  /** The file system, and where it is mounted. */
  readonly disk: string;
  /** To make 200 bytes durable, in ms. */
  readonly sync_ms: { readonly median: number; readonly p99: number };
  readonly processes: number;
  readonly seconds: number;
  readonly is_interrupted: boolean;
  readonly acknowledged: number;
  readonly records: number;
  /** Files of the journal. */
  readonly files: number;
  readonly kills: number;
  readonly stops: number;
  /** What was lost, doubled or falsely reported; empty when all is well. */
  readonly findings: readonly string[];
  /** Where the journal is kept that shows it; null: nothing to show. */
  readonly kept_in: string | null;
}

/** A task or vote that is known to have been in what a journal lost. */
export interface LostThing {
  readonly id: string;
  /** What it was about; null where only its id is known. */
  readonly text: string | null;
  /** gone: it was queued or opened there; older: it goes back to how it was before. */
  readonly becomes: 'gone' | 'older';
}

/** What a journal lost, before anybody accepts it. */
export interface LossReport {
  readonly message: string;
  /** The last sound record; 0: none. */
  readonly kept: { readonly seq: number; readonly hash: string; readonly at: string | null };
  /** The last record that is known to have been there. */
  readonly lost_through: number | null;
  /** How many of the lost records can still be read in the files that are kept aside. */
  readonly readable_records: number;
  readonly tasks: readonly LostThing[];
  readonly votes: readonly LostThing[];
  /** The folder that the old files go to, and which they are. */
  readonly kept_in: string;
  readonly files: readonly string[];
}

export interface LossFound {
  readonly config: Config;
  /** `null`: nothing is lost. */
  readonly loss: LossReport | null;
}

/** How `fed serve` is to be reached. */
export interface ServeRequest {
  readonly folder: string;
  readonly store?: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Files in PEM; null: without TLS. */
  readonly tls: { readonly cert: string; readonly key: string } | null;
  /** Given by tests: how long a client may take to send, in milliseconds. */
  readonly patience?: {
    readonly headersTimeout: number;
    readonly requestTimeout: number;
    readonly connectionsCheckingInterval: number;
  };
}

export interface ServedRuns {
  /** For what runs start. */
  readonly environment: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

export interface Serving {
  readonly url: string;
  /** Finishes what is in flight. */
  readonly close: () => Promise<void>;
}

/** A federation is to be copied. */
export interface CopyRequest {
  readonly folder: string;
  readonly store?: string | undefined;
  /** A `postgres://` URL, or a `.federation` folder. */
  readonly to: string;
  /** It stays usable where it was. */
  readonly keep: boolean;
}

export interface CopyReport extends Position {
  readonly from: string;
  readonly to: string;
  /** In the copy, each verified. */
  readonly records: number;
  /** Of them, those that were not there already. */
  readonly added: number;
  readonly commands: number;
  readonly moved: boolean;
}

export interface Host {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** `null`: it has been deleted. */
  readonly workingFolder: string | null;
  /** A person sits at a terminal: both standard input and output are one. */
  readonly interactive: boolean;
  readonly terminal: Terminal;
  readonly errorTerminal: Terminal;
  readonly out: (text: string) => void;
  /** Resolves once all of `out` has been written; gives what kept it from that. */
  readonly flushed: () => Promise<Error | null>;
  readonly err: (text: string) => void;
  /** The terminal to draw on, or null where input or output is none. */
  readonly screen: () => ScreenDevice | null;
  readonly readInput: () => Promise<string>;
  /** The same as it came, for what may not be UTF-8. */
  readonly readBytes: () => Promise<Uint8Array>;
  /** Aborts on Ctrl-C, and when the process is asked to end. */
  readonly signal: AbortSignal;
  readonly open: (settings: OpenSettings) => Promise<Federation>;
  /** Writes the readable log anew from the whole journal, below its marker line. */
  readonly rebuildLog: (settings: OpenSettings) => Promise<{ readonly file: string; readonly entries: number }>;
  /** Looks at everything there is and changes nothing. */
  readonly examine: (settings: OpenSettings) => Promise<readonly Finding[]>;
  /** Tries the disk with processes that are killed, in a folder of its own; ends everything it started. */
  readonly stress: (settings: OpenSettings, order: StressOrder) => Promise<StressReport>;
  /** One of its processes: works until `signal`, as `order` (JSON) says. */
  readonly stressWorker: (order: string, signal: AbortSignal) => Promise<void>;
  /** What the journal lost. Looks at everything and changes nothing. */
  readonly lookForLoss: (settings: OpenSettings) => Promise<LossFound>;
  /** Goes on without what was shown; gives the number of the record that says so. */
  readonly acceptLoss: (settings: OpenSettings, shown: LossReport, actor: Actor) => Promise<number>;
  /** Copies the federation to another place, and reads the copy back. */
  readonly copy: (request: CopyRequest) => Promise<CopyReport>;
  /** Serves the runs of this process on this machine, where the federation is in a database. */
  readonly serveRuns: (federation: Federation) => Promise<ServedRuns>;
  readonly backups: () => Promise<Backups>;
  /** What runs start of ours. */
  readonly programs: OwnPrograms & { readonly fed: string };
  /** The HTTP server; resolves once it answers. */
  readonly serve: (request: ServeRequest) => Promise<Serving>;
  /** Lets the person at the terminal change this file, in their own editor. @throws Error where it fails */
  readonly edit: (file: string) => Promise<void>;
  /**
   * Signs the browser of whoever sits here in to the board at this URL, by a code; gives the file to open by hand where no browser could
   * be started, else null.
   */
  readonly openBoard: (folder: string, url: string, code: string) => Promise<string | null>;
  /** Asks the person at the terminal; `''` where nothing is answered. */
  readonly ask: (question: string) => Promise<string>;
}
