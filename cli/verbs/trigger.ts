import { randomUUID } from 'node:crypto';
import { manualTick, type Tick } from '../../core/run/tick.ts';
import { act } from '../act.ts';
import type { Connection } from '../connection.ts';
import { follow, sayEnd } from '../follow.ts';
import { jobIn } from '../named.ts';
import type { Out } from '../out.ts';

interface Options {
  payload?: { value: unknown };
  wait?: boolean;
  reason?: string;
}

/** `punctual trigger`. */
export async function run(
  connection: Connection,
  [name = '']: readonly string[],
  { payload, wait, reason }: Options,
  out: Out,
): Promise<number> {
  const job = jobIn(name, connection.jobs);
  const tick = await freeTick(name, connection);
  const outcome = await act(
    connection,
    { action: 'run', job: name, tick, payload: payload?.value },
    reason,
  );
  if (wait) {
    out.note(outcome);
    return sayEnd(await follow(job, tick, 1, connection, out), out);
  }
  out.answer({ job: name, tick, outcome }, () => out.line(outcome));
  return 0;
}

/** A tick that nobody else has asked for: of two in one second the second would be a duplicate, whatever its payload. */
async function freeTick(job: string, { store, now }: Connection): Promise<Tick> {
  const token = randomUUID();
  let time = await now();
  while (!(await store.reserve(job, manualTick(time), token, time))) time += 1_000;
  return manualTick(time);
}
