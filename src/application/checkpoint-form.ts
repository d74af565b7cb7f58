import { version } from '../config/version.ts';
import { stateSchema } from '../domain/restore-state.ts';
import type { CheckpointForm } from '../store/event-store.ts';

/** The checkpoints that this program starts from. */
export const checkpointForm: CheckpointForm = { schema: stateSchema, program: version };
