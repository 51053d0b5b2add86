import { act } from '../act.ts';
import type { Connection } from '../connection.ts';
import { follow, sayEnd } from '../follow.ts';
import { jobIn, tickIn } from '../named.ts';
import type { Out } from '../out.ts';

/** `punctual retry`. */
export async function run(
  connection: Connection,
  [name = '', text = '']: readonly string[],
  { wait, reason }: { wait?: boolean; reason?: string },
  out: Out,
): Promise<number> {
  const tick = tickIn(text);
  const job = jobIn(name, connection.jobs);
  const before = await connection.ledger.readRun(name, tick);
  const outcome = await act(connection, { action: 'retry', job: name, tick }, reason);
  if (wait) {
    out.note(outcome);
    const attempt = (before?.attempt ?? 0) + 1;
    return sayEnd(await follow(job, tick, attempt, connection, out), out);
  }
  out.answer({ job: name, tick, outcome }, () => out.line(outcome));
  return 0;
}
