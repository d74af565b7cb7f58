/** The federation, loaded by whoever needs it first: the handshake is answered before anything heavy is imported. */
import type { Federation } from '../federation.ts';

export interface LazyFederation {
  /** Null until it is loaded. */
  readonly loaded: Federation | null;
  /** Loads it once, whoever asks. A failed load fails its callers and is tried again at the next call. */
  load(): Promise<Federation>;
  /** A call may come soon: reads what a load needs of the program, once nothing else is to do. Opens nothing. */
  prepare(): void;
  /** Calls back once it is loaded, at once where it already is. */
  whenLoaded(then: (federation: Federation) => void): void;
  /** Waits for a load under way, then closes. Nothing can be loaded any more. */
  close(): Promise<void>;
}

/**
 * Clients ask for the lists one right after another. Compiling keeps the next answer waiting for some 40 ms, so they come
 * first; whoever calls within this time loads what is needed with the call, as before.
 */
const afterLists = 50;

/** `readProgram`: imports what `open` will import; its failure is left to `open`. */
export function lazyFederation(
  open: () => Promise<Federation>,
  readProgram: () => Promise<unknown> = async () => undefined,
): LazyFederation {
  let loaded: Federation | null = null;
  let loading: Promise<Federation> | null = null;
  let closed = false;
  let isPrepared = false;
  let waiting: ((federation: Federation) => void)[] = [];

  const loadOnce = async (): Promise<Federation> => {
    try {
      const federation = await open();
      loaded = federation;
      for (const then of waiting) then(federation);
      waiting = [];
      return federation;
    } finally {
      loading = null;
    }
  };

  return {
    get loaded() {
      return loaded;
    },
    load() {
      if (loaded !== null) return Promise.resolve(loaded);
      if (closed) return Promise.reject(new Error('The server is shutting down'));
      loading ??= loadOnce();
      return loading;
    },
    prepare() {
      if (isPrepared) return;
      isPrepared = true;
      setTimeout(() => {
        if (loaded === null && loading === null && !closed) void readProgram().catch(() => undefined);
      }, afterLists).unref();
    },
    whenLoaded(then) {
      if (loaded === null) waiting.push(then);
      else then(loaded);
    },
    async close() {
      closed = true;
      const federation = loaded ?? (await loading?.catch(() => null)) ?? null;
      await federation?.close();
    },
  };
}
