/** What every part of a page needs: whose page it is, what time it is there, and how to do something. */
import { createContext } from 'preact';
import { useContext, useState } from 'preact/hooks';
import type { Advice } from '../domain/advice.ts';
import type { Shell } from '../views/pages/page.ts';

export interface Refused {
  readonly code: string;
  readonly message: string;
  readonly next: Advice;
}

export type Outcome =
  | {
      readonly ok: true;
      readonly result: Readonly<Record<string, unknown>>;
      readonly next: Advice;
      readonly undo: string | null;
    }
  | { readonly ok: false; readonly error: Refused };

export interface BoardContext {
  readonly shell: Shell;
  /** The reader's time zone, once the browser has told it. */
  readonly zone: string;
  /** Federation time, carried on by the browser's own clock. */
  readonly now: string;
  /** False: what is shown is not the newest, and nothing can be sent. */
  readonly live: boolean;
  /** Calls a tool as the reader. */
  readonly call: (tool: string, args: Readonly<Record<string, unknown>>) => Promise<Outcome>;
  readonly go: (path: string) => void;
  readonly onPalette: () => void;
  readonly onTheme: () => void;
  readonly onHelp: () => void;
}

export const Context = createContext<BoardContext | null>(null);

export function useBoard(): BoardContext {
  const board = useContext(Context);
  if (board === null) throw new Error('Expected to be within the board');
  return board;
}

export type Sending =
  | 'idle'
  | 'sending'
  | { readonly refused: Refused }
  | { readonly done: Advice; readonly undo: string | null };

/** `undo`: the id by which it can be taken back; null: it stands. */
export interface Done {
  readonly undo: string | null;
}

/** One thing that can be sent, and what became of it. */
export function useSend(): {
  readonly state: Sending;
  readonly send: (tool: string, args: Readonly<Record<string, unknown>>) => Promise<Done | null>;
  readonly clear: () => void;
} {
  const { call } = useBoard();
  const [state, setState] = useState<Sending>('idle');
  return {
    state,
    clear: () => setState('idle'),
    send: async (tool, args) => {
      setState('sending');
      const outcome = await call(tool, args);
      setState(outcome.ok ? { done: outcome.next, undo: outcome.undo } : { refused: outcome.error });
      return outcome.ok ? { undo: outcome.undo } : null;
    },
  };
}
