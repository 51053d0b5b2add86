/** npm passes Ctrl-C on to its script, which the terminal has told already: two signals, one Ctrl-C. */
const SAME_CTRL_C_MS = 300;

/** Ctrl-C: the first asks for a graceful end, a second one ends at once. */
export class StopSignal {
  /** Resolves with the first one. */
  readonly asked: Promise<void>;

  constructor() {
    this.asked = new Promise((resolve) => {
      let first = 0;
      const hear = () => {
        first ||= Date.now();
        resolve();
        if (Date.now() - first > SAME_CTRL_C_MS) process.exit(130);
      };
      process.on('SIGINT', hear).on('SIGTERM', hear);
    });
  }
}
