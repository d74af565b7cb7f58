/** One way to write a settings file; every edit leaves the rest of the text as it is. */
export interface TextFormat {
  /** The value; an empty text is an empty table. @throws TextFault */
  readonly read: (text: string) => unknown;
  readonly set: (text: string, path: readonly string[], value: unknown) => string;
  readonly remove: (text: string, path: readonly string[]) => string;
  readonly hasComments: (text: string) => boolean;
}

export class TextFault extends Error {
  readonly place: { readonly line: number; readonly column: number };

  constructor(place: { readonly line: number; readonly column: number }, what: string) {
    super(what);
    this.place = place;
  }
}
