import type { z } from 'zod';

/** A tool that we run ourselves for a model that only asks for it. */
export interface LocalTool {
  readonly name: string;
  readonly description: string;
  readonly input: z.ZodObject;
  /** Gives what the model is told. What it throws, the model is told as an error. */
  readonly run: (given: unknown) => Promise<string>;
}
