import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { MAIN } from './cloud.ts';

/** The command line, writing into a pipe, for verbs that go on until somebody ends them. */
export class Piped {
  /** All that it wrote so far. */
  text = '';
  /** Exit code and signal. */
  readonly ended: Promise<unknown[]>;
  readonly #child: ChildProcess;
  #changed: () => void = () => {};

  constructor(...args: string[]) {
    this.#child = spawn(process.execPath, [MAIN, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.ended = once(this.#child, 'exit');
    this.#child.stdout?.setEncoding('utf8').on('data', (more: string) => {
      this.text += more;
      this.#changed();
    });
  }

  /** Resolves once it has written what is looked for. */
  async says(what: RegExp): Promise<void> {
    while (!what.test(this.text)) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  interrupt(): void {
    this.#child.kill('SIGINT');
  }
}
