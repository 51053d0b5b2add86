import type { Owed } from './mail.ts';
import { change, todo } from './table.ts';

/** The right to use the product until an instant. */
export interface Licence {
  kind: 'licence';
  id: string;
  /** E-mail address of who holds it. */
  holder: string;
  state: 'active' | 'expired';
  /** ISO 8601, UTC. Who renews a licence moves it (and `since`), and removes `warned`. */
  endsAt: string;
  /** Of which distances, in days, its holder was warned. */
  warned?: Set<number>;
  /** Which sending took the last warning. */
  mailToken?: string;
  /** Gone once it expired. */
  todo?: 'licence.active';
  /** The same as `endsAt`. */
  since: string;
}

/** Active licences whose time is over. */
export function pastTheirDate(now: Date): AsyncGenerator<Licence> {
  return todo<Licence>('licence.active', { before: now });
}

/** Active licences that end on the UTC day so many days after `from`, at whatever hour. */
export function endingIn(days: number, from: Date): AsyncGenerator<Licence> {
  const day = new Date(from.getTime() + days * 24 * 3_600_000).toISOString().slice(0, 10);
  return todo<Licence>('licence.active', { day });
}

/** Expires a licence, unless it was renewed in the meantime. */
export function expire(licence: Licence): Promise<boolean> {
  return change(licence, {
    update: 'SET #state = :expired REMOVE todo',
    condition: '#state = :active AND endsAt = :endsAt',
    values: { ':expired': 'expired', ':active': 'active', ':endsAt': licence.endsAt },
  });
}

/** The warning that a licence's holder is owed so many days ahead. */
export function warningFor(licence: Licence, days: number): Owed {
  const left = days === 1 ? '1 day' : `${days} days`;
  return {
    about: licence.id,
    mail: {
      to: licence.holder,
      subject: `Your licence ${licence.id} ends in ${left}`,
      text: `Your licence ${licence.id} ends on ${licence.endsAt.slice(0, 10)}, in ${left}.`,
    },
    take: (token) =>
      change(licence, {
        update: 'ADD warned :days SET mailToken = :token',
        // The last part: my own write, whose answer was lost and which the SDK sent again.
        condition:
          '#state = :active AND endsAt = :endsAt AND (NOT contains(warned, :day) OR mailToken = :token)',
        values: {
          ':active': 'active',
          ':endsAt': licence.endsAt,
          ':day': days,
          ':days': new Set([days]),
          ':token': token,
        },
      }),
    putBack: (token) =>
      change(licence, {
        update: 'DELETE warned :days REMOVE mailToken',
        condition: 'mailToken = :token',
        values: { ':days': new Set([days]), ':token': token },
      }),
  };
}
