import { StoreError } from '../../core/ledger/errors.ts';
import { type Health, healthOf, unreachable } from '../../core/operations/health.ts';
import { readSummary } from '../../core/operations/read-overview.ts';
import { distance } from '../../functions/console/times.ts';
import type { Connection } from '../connection.ts';
import type { Out } from '../out.ts';
import { STYLE_OF_HEALTH } from '../style.ts';

const CODES = { healthy: 0, degraded: 1, failing: 2 } as const;

/** `punctual health`. */
export async function run(
  connection: Connection,
  _args: readonly string[],
  _options: object,
  out: Out,
): Promise<number> {
  const now = await connection.now();
  const health = await report(connection, now);
  out.answer(health, () => {
    const { status, jobs, reasons, sweeper } = health;
    const running = jobs.reduce((sum, { holders }) => sum + holders.length, 0);
    out.line(`${connection.stack} is ${out.style(STYLE_OF_HEALTH[status], status)}`);
    if (reasons.length > 0)
      out.table(
        [],
        reasons.map(({ severity, job, what }) => [
          { text: severity, style: STYLE_OF_HEALTH[severity] },
          job === undefined ? what : `${job}: ${what}`,
        ]),
      );
    if (health.store.reachable)
      out.line(
        `${jobs.length} jobs, ${running} running; last sweep ${sweeper.lastSweep ? distance(Date.parse(sweeper.lastSweep), now) : 'none yet'}`,
      );
  });
  return CODES[health.status];
}

async function report({ jobs, store }: Connection, now: number): Promise<Health> {
  try {
    return healthOf(await readSummary(jobs, store, now));
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return unreachable(error, now);
  }
}
