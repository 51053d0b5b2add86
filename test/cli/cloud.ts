import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { CloudSetup } from '../../local/cloud.ts';
import { Stage } from '../browser/stage.ts';

/** What `npx punctual` starts. */
export const MAIN = fileURLToPath(new URL('../../cli/punctual.js', import.meta.url));
const LIST = fileURLToPath(new URL('./schedules.ts', import.meta.url));

/** What a command came to. */
export interface Answer {
  /** The exit code; `null` where a signal ended it. */
  code: number | null;
  stdout: string;
  stderr: string;
  /** Standard output, read as JSON. */
  json<T = unknown>(): T;
}

/**
 * Runs the command line as a process, with no terminal and no AWS credentials.
 *
 * @param args such as `['list', '--json']`
 * @param environment besides this process's
 */
export function punctual(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<Answer> {
  const { AWS_PROFILE: _, ...inherited } = process.env;
  const env = {
    ...inherited,
    AWS_EC2_METADATA_DISABLED: 'true',
    HOME: '/nonexistent',
    ...environment,
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [MAIN, ...args],
      { env, maxBuffer: 1e8 },
      (error, stdout, stderr) => {
        const code = error ? ((error.code as number | undefined) ?? null) : 0;
        resolve({ code, stdout, stderr, json: () => JSON.parse(stdout) });
      },
    );
  });
}

/**
 * A local cloud for the tests of one file. Its time stands where it was played to, but for the real
 * time that passes, so that what a verb says of it is known beforehand.
 */
export class Cloud {
  /** Where it listens. */
  readonly address: string;
  readonly #stage: Stage;

  /**
   * @param from the simulated time at the start, ISO 8601
   * @param list of jobs, their code in a folder `jobs` beside it. Default: that of this folder
   */
  static async open(
    from: string,
    { list = LIST, port = 0, faults = {} as Partial<CloudSetup> } = {},
  ): Promise<Cloud> {
    return new Cloud(await Stage.open(from, faults, { list, port }));
  }

  private constructor(stage: Stage) {
    this.#stage = stage;
    this.address = stage.url;
  }

  /** Plays what comes due before a moment (ISO 8601), as fast as it can, and what follows from it at once. */
  playTo(moment: string): Promise<void> {
    return this.#stage.playTo(moment);
  }

  /** Resolves once nothing runs, such as what a verb has asked for. */
  settled(): Promise<void> {
    return this.#stage.settled();
  }

  /** A verb against this cloud. */
  run(...args: string[]): Promise<Answer> {
    return punctual([...args, '--local', this.address]);
  }

  /** What a shell gets for a Tab after these words. */
  async complete(...line: string[]): Promise<string> {
    const words = ['complete', '--', '--local', this.address, ...line];
    return (await punctual(words)).stdout;
  }

  close(): Promise<void> {
    return this.#stage.close();
  }
}
