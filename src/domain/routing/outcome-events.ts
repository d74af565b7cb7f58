/** The events of what came of things, and of what follows for routing. */
import type { AgentName } from '../tasks/task.ts';
import type { Bonus } from './bonuses.ts';
import type { TaughtExample } from './teach-routing.ts';

export type OutcomeEvent =
  | {
      /** A part of a training file; a larger one is taught in several. */
      readonly type: 'examples_taught';
      readonly source: string;
      readonly fingerprint: string;
      readonly examples: readonly TaughtExample[];
    }
  | {
      /** An attempt that was made elsewhere, or before this federation; counts like one. */
      readonly type: 'outcome_recorded';
      readonly agent: AgentName;
      readonly task_type: string;
      readonly success: boolean;
      readonly description: string | null;
      readonly duration_minutes: number | null;
      /** The work was sent back: no success. */
      readonly rework: boolean;
    }
  | {
      /** The whole table of bonuses in force before and after. */
      readonly type: 'optimization_applied';
      readonly optimization_id: string;
      readonly before: readonly Bonus[];
      readonly after: readonly Bonus[];
    }
  | {
      readonly type: 'optimization_reverted';
      /** The one taken back. */
      readonly optimization_id: string;
      readonly before: readonly Bonus[];
      readonly after: readonly Bonus[];
    };
