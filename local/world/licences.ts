import type { Licence } from '../../functions/application/licences.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Terms in days that make a licence sold today end 30, 7 and 1 days from tomorrow. */
const TERMS = [31, 8, 2] as const;
/** A trial lasts six hours, so that every hour one of them expires. */
const TRIAL = 6 * HOUR;

/** A shop that sells, at every full hour, one trial and one licence of a term of days. */
export function createLicences() {
  let count = 0;

  function sell(end: number): Licence {
    count += 1;
    const endsAt = new Date(end).toISOString();
    return {
      kind: 'licence',
      id: `l${String(count).padStart(4, '0')}`,
      holder: `holder-${count}@example.com`,
      state: 'active',
      endsAt,
      todo: 'licence.active',
      since: endsAt,
    };
  }

  /** What was sold before the clock starts: something to do for its first hours and first day. */
  function seed(now: number): Licence[] {
    const sold: Licence[] = [];
    for (let hours = 0; hours <= 6; hours += 1) sold.push(sell(now + hours * HOUR + MINUTE));
    for (const days of [30, 7, 1, ...TERMS]) {
      for (const hour of [10, 11]) sold.push(sell(dayOf(now) + days * DAY + hour * HOUR));
    }
    for (let months = 2; months <= 12; months += 1) sold.push(sell(now + months * 30.5 * DAY));
    return sold;
  }

  /** What was sold after `from`, up to and including `to` (both in ms). */
  function step(from: number, to: number): Licence[] {
    const sold: Licence[] = [];
    for (let hour = Math.floor(from / HOUR) + 1; hour <= Math.floor(to / HOUR); hour += 1) {
      const term = TERMS[hour % TERMS.length] as number;
      sold.push(sell(hour * HOUR + TRIAL), sell(hour * HOUR + term * DAY));
    }
    return sold;
  }

  return { seed, step };
}

/** Midnight before, UTC. */
function dayOf(at: number): number {
  return at - (at % DAY);
}
