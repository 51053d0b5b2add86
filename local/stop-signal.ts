/** npm passes Ctrl-C on to its script, which the terminal has told already: two signals, one Ctrl-C. */
const SAME_CTRL_C_MS = 300;

/** Ctrl-C (or a kill): the first asks a run for a graceful end, a second one ends at once. */
export class StopSignal {
  #heardAt: number | undefined;
  #ask: (() => void) | undefined;

  /** Until a run listens there is nothing to finish: the first one ends at once. */
  constructor() {
    const hear = () => {
      this.#heardAt ??= Date.now();
      if (!this.#ask || Date.now() - this.#heardAt > SAME_CTRL_C_MS) process.exit(130);
      this.#ask();
    };
    process.on('SIGINT', hear).on('SIGTERM', hear);
  }

  /** Resolves with the first signal. */
  asked(): Promise<void> {
    return new Promise((resolve) => {
      this.#ask = resolve;
    });
  }
}
