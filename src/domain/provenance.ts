/** How a command came in: kept with what it committed, so that the log can tell one way from another. */
export interface Provenance {
  /**
   * `terminal`: typed as `fed`. `stdio`, `http`: by a client over MCP. `import`: brought from another system.
   * `runner`: by the program that starts agents. `rule`: by itself, as time and the rules have it.
   */
  readonly via: 'terminal' | 'stdio' | 'http' | 'import' | 'rule' | 'runner';
  /** The agent in whose client the person who acts was asked. Absent: the person acted without being asked. */
  readonly asked_by?: string;
  /** The client program that asked; of a person's own click in a browser: `board`. */
  readonly client?: string;
  /** On the command line: input or output was no terminal, so a script typed it, or a shell that an agent runs. */
  readonly piped?: true;
  /** The run that it came from. */
  readonly run?: string;
  /** Variables of agents' programs that were set; where one is, nobody acts as a person. */
  readonly markers?: readonly string[];
  /** Variables of agents' programs that were there and empty, as where somebody wanted to pass for a person. */
  readonly emptied_markers?: readonly string[];
}
