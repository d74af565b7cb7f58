/** The terminal that this process was started in. */
import type { ReadStream, WriteStream } from 'node:tty';
import type { ScreenDevice } from './screen.ts';

export function terminalDevice(input: ReadStream, output: WriteStream): ScreenDevice {
  return {
    size: () => ({ columns: output.columns, rows: output.rows }),
    // A terminal that is gone takes nothing; that ends the program by its signal, not by this write.
    write: (text) => new Promise((resolve) => output.write(text, () => resolve())),
    setRaw: (raw) => {
      input.setRawMode(raw);
      if (raw) input.resume();
      else input.pause();
    },
    onInput: (listener) => {
      const heard = (data: Buffer): void => listener(data.toString());
      input.on('data', heard);
      return () => input.off('data', heard);
    },
    onResize: (listener) => {
      output.on('resize', listener);
      return () => output.off('resize', listener);
    },
    onEnd: (listener) => {
      // The monitor comes before the stack trace is printed, which would vanish with the alternate screen.
      process.on('uncaughtExceptionMonitor', listener);
      process.on('exit', listener);
      return () => {
        process.off('uncaughtExceptionMonitor', listener);
        process.off('exit', listener);
      };
    },
    suspend: () =>
      new Promise((resolve) => {
        process.once('SIGCONT', () => resolve());
        // To the whole group, as the terminal itself would: a wrapper such as npx must stop too.
        process.kill(0, 'SIGTSTP');
      }),
  };
}
