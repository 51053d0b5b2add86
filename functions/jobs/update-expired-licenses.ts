import { expire, pastTheirDate } from '../application/licences.ts';
import { job } from '../job.ts';

/** Licences past their date become `expired`. */
export const handler = job(async ({ signal, log }) => {
  let expired = 0;
  for await (const licence of pastTheirDate(new Date())) {
    signal.throwIfAborted();
    if (!(await expire(licence))) continue;
    log.info('licence expired', { licence: licence.id, endsAt: licence.endsAt });
    expired += 1;
  }
  return { expired };
});
