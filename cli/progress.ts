import type { Out } from './out.ts';

/** How often a line says how far it is where there is no terminal, in milliseconds. */
const LINE_EVERY = 10_000;

/** How far something is that takes long: a bar on a terminal, elsewhere a line now and then; on standard error. */
export interface Progress {
  step(bad: number): void;
  stop(): void;
}

export async function startProgress(total: number, out: Out): Promise<Progress> {
  let done = 0;
  if (process.stderr.isTTY) {
    const { SingleBar, Presets } = await import('cli-progress');
    const format = '{bar} {value}/{total}  {bad} not succeeded  {eta_formatted} left';
    const options = {
      format,
      stream: process.stderr,
      barsize: 24,
      etaBuffer: 100,
      gracefulExit: false,
    };
    const bar = new SingleBar(options, Presets.shades_classic);
    bar.start(total, 0, { bad: 0 });
    return { step: (bad) => bar.increment(1, { bad }), stop: () => bar.stop() };
  }
  let saidAt = Date.now();
  return {
    step(bad) {
      done += 1;
      if (Date.now() < saidAt + LINE_EVERY) return;
      saidAt = Date.now();
      out.note(`${done} of ${total} done, ${bad} of them not succeeded`);
    },
    stop() {},
  };
}
