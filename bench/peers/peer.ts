/** A similar program, as `npm run bench:peers` drives it: through its own MCP server, without a model or an account. */

export interface Call {
  readonly tool: string;
  readonly args: Record<string, unknown>;
}

export interface Place {
  /** Where the package is installed. */
  readonly installed: string;
  /** The project's folder, with nothing else in it. */
  readonly project: string;
}

export interface Started {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export interface Peer {
  readonly name: string;
  /** On the npm registry; null: this project's own. */
  readonly package: { readonly name: string; readonly versions: string } | null;
  /** How it is started, in words. */
  readonly started: string;
  /** Makes an empty project ready; before any server runs there. */
  readonly prepare: (place: Place) => Promise<void> | void;
  /** `who`: creator, or claimer-1 to claimer-4. */
  readonly start: (place: Place, who: string) => Started;
  /** A task whose words have this mark in them. */
  readonly create: (mark: string, place: Place) => Call;
  /** The id that the answer to `create` names. */
  readonly idIn: RegExp;
  /** Up to so many tasks; `next` is what `nextIn` found in the page before. */
  readonly list: (limit: number, place: Place, next: string | null) => Call;
  /** What asks for the next page; absent: all come in one. */
  readonly nextIn?: RegExp;
  readonly claim: (id: string, who: string, place: Place) => Call;
  /** Whether the claimer was told that it has the task. */
  readonly isGiven: (answer: string) => boolean;
  /** What takes the place of a claim, where there is none. */
  readonly claimNote?: string;
}

/** About as much as a task of a real backlog says. */
export function wordsOf(mark: string): string {
  return `${mark}: split the error path of the parser from its happy path, keep the messages as they are, and add a test for each message. Done when the suite passes.`;
}
