import { act } from '../act.ts';
import { confirm } from '../confirm.ts';
import type { Connection } from '../connection.ts';
import { jobIn } from '../named.ts';
import type { Out } from '../out.ts';

interface Options {
  holder?: string;
  force?: boolean;
  yes?: boolean;
  reason?: string;
}

/** `punctual unlock`. */
export async function run(
  connection: Connection,
  [job = '']: readonly string[],
  { holder, force, yes, reason }: Options,
  out: Out,
): Promise<number> {
  jobIn(job, connection.jobs);
  if (force) {
    const risk = `forced, the code of ${job} that still runs goes on unseen, and the next run may work beside it; its result is not recorded`;
    await confirm(risk, { yes });
  }
  const outcome = await act(connection, { action: 'unlock', job, holder, force }, reason);
  out.answer({ job, outcome }, () => out.line(outcome));
  return 0;
}
