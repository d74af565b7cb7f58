/**
 * The whole terminal for one program, for a while: the alternate screen, keys
 * as they are pressed, frames without flicker. Whatever ends the program, the
 * terminal is left as it was found.
 */
import type { Size } from './board/render-board.ts';

/** A terminal, as far as a screen needs one. `terminalDevice` is the real one. */
export interface ScreenDevice {
  readonly size: () => Size;
  /** Resolves when the terminal has taken the text, which a slow connection delays. */
  readonly write: (text: string) => Promise<void>;
  /** Keys come one by one and unechoed, Ctrl-C among them, or lines as before. */
  readonly setRaw: (raw: boolean) => void;
  /** Gives the way to stop. */
  readonly onInput: (listener: (text: string) => void) => () => void;
  readonly onResize: (listener: () => void) => () => void;
  /** Calls back, as the last thing, where the program ends without another word: an error, `process.exit`. */
  readonly onEnd: (listener: () => void) => () => void;
  /** Stops this program as Ctrl-Z does; resolves once it goes on. */
  readonly suspend: () => Promise<void>;
}

const escape = '\u001B[';
const enterSequence = `${escape}?1049h${escape}?25l${escape}?7l`;
/** Wrapping on, cursor shown, the screen as it was. */
const leaveSequence = `${escape}0m${escape}?7h${escape}?25h${escape}?1049l`;
/** Terminals that know it show what is between all at once. */
const beginFrame = `${escape}?2026h${escape}H`;
const endFrame = `${escape}J${escape}?2026l`;
const toLineEnd = `${escape}0m${escape}K`;

export class Screen {
  readonly #device: ScreenDevice;
  readonly #stops: (() => void)[] = [];
  #shown: string | null = null;
  #isEntered = false;

  constructor(device: ScreenDevice) {
    this.#device = device;
  }

  get size(): Size {
    return this.#device.size();
  }

  /** `onKeys`: what was typed. `onResize`: the next frame is drawn whole. */
  enter(listeners: { readonly onKeys: (keys: string) => void; readonly onResize: () => void }): void {
    this.#stops.push(
      this.#device.onEnd(() => this.#restore()),
      this.#device.onInput(listeners.onKeys),
      this.#device.onResize(() => {
        this.#shown = null;
        listeners.onResize();
      }),
    );
    this.#begin();
  }

  /** Shows a frame in one write; one that is shown already is not written again. */
  async draw(lines: readonly string[]): Promise<void> {
    const frame = lines.map((line) => `${line}${toLineEnd}`).join('\r\n');
    if (!this.#isEntered || frame === this.#shown) return;
    this.#shown = frame;
    await this.#device.write(`${beginFrame}${frame}${endFrame}`);
  }

  /** Gives the terminal back for as long as the program is stopped. */
  async suspend(): Promise<void> {
    this.#restore();
    await this.#device.suspend();
    this.#begin();
  }

  leave(): void {
    this.#restore();
    for (const stop of this.#stops.splice(0)) stop();
  }

  #begin(): void {
    this.#isEntered = true;
    this.#shown = null;
    this.#device.setRaw(true);
    void this.#device.write(enterSequence);
  }

  #restore(): void {
    if (!this.#isEntered) return;
    this.#isEntered = false;
    void this.#device.write(leaveSequence);
    this.#device.setRaw(false);
  }
}
