/** npx passes Ctrl-C on to what it runs, which the terminal has told already: two signals, one Ctrl-C. */
const SAME_CTRL_C_MS = 300;

/**
 * Ctrl-C, and what else asks a process to end: the first time what runs is let finish, the second time it
 * ends at once.
 *
 * @param first told of the first time
 */
export function stopSignal(first: () => void): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  let askedAt = 0;
  const asked = () => {
    if (!controller.signal.aborted) {
      askedAt = Date.now();
      controller.abort();
      first();
    } else if (Date.now() > askedAt + SAME_CTRL_C_MS) process.exit(1);
  };
  process.on('SIGINT', asked).on('SIGTERM', asked);
  return {
    signal: controller.signal,
    release: () => void process.off('SIGINT', asked).off('SIGTERM', asked),
  };
}
