/** What each page of the board shows, as data: rendered on the server first, and again in the browser when it changes. */
import type { Advice } from '../../domain/advice.ts';
import type { Timestamp } from '../../domain/time.ts';
import type { CostRow } from '../cost-view.ts';
import type { LogEntry } from '../event-lines.ts';
import type { InboxItem } from '../inbox-view.ts';
import type { LandingRow } from '../landing-view.ts';
import type { Dashboard } from '../metrics-view.ts';
import type { Figures } from '../metrics-figures.ts';
import type { Overview } from '../overview.ts';
import type { AgentView } from '../queue-views.ts';
import type { taskInContext } from '../task-in-context.ts';
import type { TaskRow } from '../task-rows.ts';
import type { VoteBrief, VoteInFull } from '../vote-views.ts';
import type { Timeline } from './timeline.ts';

/** What stands around every page. */
export interface Shell {
  /** The project's name. */
  readonly name: string;
  readonly operator: string;
  readonly reader: { readonly name: string; readonly readOnly: boolean };
  readonly now: Timestamp;
  /** The newest record that this is made from. */
  readonly seq: number;
  readonly paused: Overview['paused'];
  readonly warning: { readonly message: string; readonly next: string } | null;
  readonly inbox: number;
  readonly agents: readonly { readonly name: string; readonly types: readonly string[] }[];
  /** Checks that the configuration knows. */
  readonly checks: readonly string[];
}

/** An inbox item with what one has to know to answer it. */
export interface Need extends InboxItem {
  /** What it is about. */
  readonly task: TaskRow | null;
  /** The first line of its task. */
  readonly headline: string | null;
  readonly vote: VoteInFull | null;
  /** Who asks, or whose work it is about. */
  readonly from: string | null;
  /** Agents that the router weighed, best first. */
  readonly candidates: readonly { readonly agent: string; readonly score: number }[];
  /** Tasks that wait for this one. */
  readonly blocks: readonly string[];
}

export interface QueueColumn {
  readonly total: number;
  readonly rows: readonly TaskRow[];
}

export type ColumnName = 'waiting' | 'ready' | 'in_progress' | 'checking' | 'done';

export interface GraphNode {
  readonly id: string;
  readonly kind: 'task' | 'vote';
  readonly status: string;
  readonly type: string | null;
  readonly who: string;
  readonly text: string;
  readonly ready: boolean;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** open: not satisfied yet; use: waits for a thing in use; broken: it will not be satisfied by itself. */
  readonly kind: 'done' | 'open' | 'use' | 'broken';
}

export interface AgentRow extends AgentView {
  readonly figures: Figures;
  readonly ballots: { readonly judged: number; readonly said: number | null; readonly right: number | null };
  readonly held: readonly TaskRow[];
}

export interface PairFigures extends Figures {
  readonly agent: string;
  readonly type: string | null;
  readonly bonus: number;
}

export interface LandingLine extends LandingRow {
  /** What the work is. */
  readonly text: string;
  readonly type: string | null;
  readonly who: string | null;
  readonly verified: boolean;
  /** Somebody works on it: its branch cannot be given up. */
  readonly inHand: boolean;
  /** Of what has landed. */
  readonly landed: { readonly target: string; readonly at: Timestamp; readonly by: string } | null;
}

export type Page =
  | {
      readonly page: 'needs';
      readonly items: readonly Need[];
      readonly total: number;
      readonly stuck: readonly TaskRow[];
      readonly at_work: readonly TaskRow[];
      readonly working: number;
      readonly ready: number;
      readonly places: number;
      readonly away: readonly AgentView[];
      readonly today: Overview['recently'];
      /** Finished lately, the newest first. */
      readonly lately: readonly TaskRow[];
      /** Nothing was ever queued. */
      readonly isNew: boolean;
    }
  | {
      readonly page: 'queue';
      readonly columns: Readonly<Record<ColumnName, QueueColumn>>;
      /** Tasks about which the operator is asked something. */
      readonly asking: readonly string[];
      readonly types: readonly string[];
      readonly people: readonly string[];
    }
  | {
      readonly page: 'task';
      readonly task: ReturnType<typeof taskInContext>;
      readonly row: TaskRow;
      readonly needs: readonly Need[];
      readonly next: Advice;
      /** How many of its notes, the last ones, its holder has not been given yet. */
      readonly unread: number;
      /** Null: it left nothing in git that could land. */
      readonly landing: LandingLine | null;
      /** Tasks and votes that it names: what each is. */
      readonly related: Readonly<Record<string, { readonly status: string; readonly text: string }>>;
    }
  | {
      readonly page: 'timeline';
      readonly hours: number;
      readonly timeline: Timeline;
      readonly away: readonly AgentView[];
    }
  | {
      readonly page: 'graph';
      readonly nodes: readonly GraphNode[];
      readonly edges: readonly GraphEdge[];
      readonly more: number;
    }
  | {
      readonly page: 'votes';
      readonly needing: readonly VoteBrief[];
      readonly open: readonly VoteBrief[];
      readonly over: readonly VoteBrief[];
      readonly chosen: VoteInFull | null;
      /** Tasks that wait for the chosen one. */
      readonly waiting: readonly string[];
    }
  | {
      readonly page: 'landing';
      /** Where it lands; null: on the branch of the main worktree. */
      readonly target: string | null;
      readonly when: 'manual' | 'verified';
      readonly landable: readonly LandingLine[];
      readonly waits: readonly LandingLine[];
      /** The newest first. */
      readonly settled: readonly LandingLine[];
    }
  | {
      readonly page: 'metrics';
      readonly dashboard: Dashboard;
      readonly pairs: readonly PairFigures[];
      readonly calibration: Calibration;
      readonly costs: readonly CostRow[];
    }
  | {
      readonly page: 'agents';
      readonly agents: readonly AgentRow[];
      readonly pairs: readonly PairFigures[];
      readonly unassigned: readonly string[];
    }
  | {
      readonly page: 'log';
      readonly entries: readonly LogLine[];
      readonly records: number;
      readonly filters: LogFilters;
    }
  | { readonly page: 'more' }
  | { readonly page: 'missing'; readonly message: string };

export interface Calibration {
  readonly judged: number;
  readonly points: readonly { readonly stated: number; readonly observed: number; readonly ballots: number }[];
}

export interface LogLine extends LogEntry {
  readonly via: string | null;
}

export interface LogFilters {
  readonly who: string;
  readonly text: string;
}

export type PageName = Page['page'];
export type PageOf<Name extends PageName> = Extract<Page, { readonly page: Name }>;

export interface PageData {
  readonly shell: Shell;
  readonly page: Page;
}
