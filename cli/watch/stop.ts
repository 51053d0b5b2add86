import { stopSignal } from '../stop.ts';

/** What a terminal sends for Ctrl-C where nobody takes it for a signal. */
const CTRL_C = '\u0003';

/** Aborts when a person has seen enough: with Ctrl-C, or on a terminal with `q`. A second one ends at once. */
export function enough(): AbortSignal {
  const { stdin } = process;
  if (stdin.isTTY) {
    // Key by key, without the Enter; Ctrl-C is then a key, too.
    stdin.setRawMode(true).on('data', (keys) => {
      if (['q', CTRL_C].some((key) => String(keys).includes(key))) process.emit('SIGINT');
    });
    stdin.unref(); // it alone keeps nothing alive
  }
  return stopSignal(() => {}).signal;
}
