import { endingIn, warningFor } from '../application/licences.ts';
import { sendEach } from '../application/mail.ts';
import { job } from '../job.ts';

/** One warning a licence on each of the given days before it ends. */
export const handler = job<{ daysAhead: number[] }>(
  async ({ payload, scheduledTime, signal, log }) => {
    // Counted from the tick, not from now: a run that comes late still warns of its own day.
    const { sent, unsure } = await sendEach(owed(payload.daysAhead, scheduledTime), {
      signal,
      log,
    });
    return { warned: sent, unsure };
  },
);

async function* owed(daysAhead: number[], from: Date) {
  for (const days of daysAhead) {
    for await (const licence of endingIn(days, from)) yield warningFor(licence, days);
  }
}
