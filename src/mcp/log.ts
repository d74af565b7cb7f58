/**
 * What the operator may want to know, on standard error: standard output
 * belongs to the protocol. pino is loaded with the first line (about 30 ms),
 * which most sessions never write.
 */

export interface Log {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface FlushableLog extends Log {
  /** Resolves once every line so far is written. */
  flush(): Promise<void>;
}

type Level = keyof Log;

export function createLog(): FlushableLog {
  let loading: Promise<Log> | undefined;
  let written: Promise<void> = Promise.resolve();
  const write = (level: Level, details: object, message: string): void => {
    loading ??= loadPino();
    const ready = loading;
    written = written
      .then(async () => {
        const log = await ready;
        log[level](details, message);
      })
      // Standard error is closed, or pino is missing: there is nowhere left to say so.
      .catch(() => {});
  };
  return {
    info: (details, message) => write('info', details, message),
    warn: (details, message) => write('warn', details, message),
    error: (details, message) => write('error', details, message),
    flush: () => written,
  };
}

async function loadPino(): Promise<Log> {
  const { pino } = await import('pino');
  const log: Log = pino({ name: 'federation-mcp' }, pino.destination({ dest: 2, sync: true }));
  return log;
}
