import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { MAIN } from './cloud.ts';

/** util-linux's, which gives a command a terminal of its own; macOS has another one of this name. */
const SCRIPT = '/usr/bin/script';

export const hasTerminal = process.platform === 'linux' && existsSync(SCRIPT);

/** The command line on a terminal of 80 columns and 24 rows. */
export class Terminal {
  /** All that came to the screen so far. */
  screen = '';
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  #changed: () => void = () => {};

  constructor(args: readonly string[], environment: Record<string, string> = {}) {
    const line = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ');
    const { NO_COLOR: _, CI: __, ...inherited } = process.env;
    this.#child = spawn(
      SCRIPT,
      ['--quiet', '--return', '--command', `stty cols 80 rows 24; ${line}`, '/dev/null'],
      { env: { ...inherited, TERM: 'xterm-256color', ...environment }, stdio: 'pipe' },
    );
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.screen += text;
      this.#changed();
    });
    this.ended = new Promise((resolve) => this.#child.once('close', resolve));
  }

  /** Resolves once this is on the screen. */
  async shows(text: string): Promise<void> {
    while (!this.screen.includes(text)) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  press(keys: string): void {
    this.#child.stdin?.write(keys);
  }
}
