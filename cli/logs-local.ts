import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { baseOf } from '../core/run/made.ts';
import { type Asked, isOf, type LogLine, type LogSource, lineIn } from './log-lines.ts';

/** Who writes of a run besides the job's own function: who closes its row where that died. */
const WATCHERS = ['punctual-finalizer', 'punctual-sweeper'];

/** The local cloud's logs: a file a function, emptied when a cloud starts. */
export class LocalLogs implements LogSource {
  readonly #files: LogFile[];
  readonly #asked: Asked;

  /** @param folder of the logs */
  constructor(folder: string, asked: Asked) {
    const own = baseOf(asked.job);
    const names = asked.run ? [own, ...WATCHERS] : [own];
    this.#files = names.map((name) => new LogFile(join(folder, `${name}.log`)));
    this.#asked = asked;
  }

  async more(): Promise<LogLine[]> {
    const lines: LogLine[] = [];
    for (const file of this.#files) lines.push(...(await file.more()));
    return lines
      .filter((line) => isOf(line, this.#asked) && (line.time ?? Infinity) >= this.#asked.from)
      .sort((a, b) => (a.time ?? 0) - (b.time ?? 0));
  }
}

/** One file, read from where the last reading ended. */
class LogFile {
  readonly #path: string;
  #offset = 0;
  /** Of the line before: what a job prints itself has no time of its own. */
  #time: number | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  async more(): Promise<LogLine[]> {
    const text = await this.#read();
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const read = lineIn(line);
        this.#time = read.time ?? this.#time;
        return { time: this.#time, ...read };
      });
  }

  /** Whole lines only: of one that is being written, the rest comes next time. */
  async #read(): Promise<string> {
    const file = await open(this.#path).catch((error) => {
      if (error.code === 'ENOENT') return undefined; // a function that has never run
      throw error;
    });
    if (!file) return '';
    try {
      const { size } = await file.stat();
      if (size < this.#offset) this.#offset = 0; // a new cloud has emptied it
      const { buffer, bytesRead } = await file.read({
        buffer: Buffer.alloc(size - this.#offset),
        position: this.#offset,
      });
      const end = buffer.subarray(0, bytesRead).lastIndexOf('\n') + 1;
      this.#offset += end;
      return buffer.toString('utf8', 0, end);
    } finally {
      await file.close();
    }
  }
}
