import type { Random } from './random.ts';

/** Something at the other end of a connection, which goes silent now and then. */
interface Line {
  silent: boolean;
  /** Whether it heard that it should reconnect; it does so with the next step. */
  asked: boolean;
  /** How many calls it will not hear before. */
  deaf: number;
}

/** Sockets or workers: `names` of them, each going silent about once in two hours. */
export function createLines(names: readonly string[], random: Random) {
  const lines = new Map<string, Line>(
    names.map((name) => [name, { silent: false, asked: false, deaf: 0 }]),
  );

  /** Time passes: who was asked comes back, somebody else goes silent. */
  function step(): void {
    for (const line of lines.values()) {
      // Drawn for each, whatever its state: what is asked of one must not change another's fate.
      const falls = random() < 1 / 30;
      const deaf = random() < 0.25 ? 1 : 0;
      if (line.silent && line.asked) Object.assign(line, { silent: false, asked: false });
      else if (!line.silent && falls) Object.assign(line, { silent: true, deaf });
    }
  }

  /** 200 or 503 to a ping. */
  function ping(name: string): number {
    const line = lines.get(name);
    if (!line) return 404;
    return line.silent ? 503 : 200;
  }

  /** 202 where the call to reconnect was heard, else 503. */
  function reconnect(name: string): number {
    const line = lines.get(name);
    if (!line) return 404;
    if (line.silent && line.deaf > 0) {
      line.deaf -= 1;
      return 503;
    }
    line.asked = line.silent;
    return 202;
  }

  /** Who is not silent. */
  function speaking(): string[] {
    return names.filter((name) => !lines.get(name)?.silent);
  }

  return { step, ping, reconnect, speaking };
}
