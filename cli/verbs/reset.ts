import { act } from '../act.ts';
import type { Connection } from '../connection.ts';
import { jobIn } from '../named.ts';
import type { Out } from '../out.ts';

/** `punctual reset`. */
export async function run(
  connection: Connection,
  [job = '']: readonly string[],
  { reason }: { reason?: string },
  out: Out,
): Promise<number> {
  jobIn(job, connection.jobs);
  const outcome = await act(connection, { action: 'reset', job }, reason);
  out.answer({ job, outcome }, () => out.line(outcome));
  return 0;
}
