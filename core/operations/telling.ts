import type { Log } from '../run/log.ts';
import type { Told, Untold } from '../run/told.ts';
import { type Alert, alertsOf } from './alert.ts';
import { type Message, MOST_SHOWN, messageOf, type Origin } from './alert-text.ts';

export interface TellingContext {
  origin: Origin;
  /** Resolves once the message will be delivered. */
  publish(message: Message): Promise<void>;
  /** Remembers that people were told. */
  mark(from: NonNullable<Untold['from']>): Promise<void>;
  /** Milliseconds since 1970. */
  clock(): number;
  log: Log;
}

/** What one message takes at most, with the marks of its rows, in milliseconds. */
const ONE_TAKES = 20_000;

/** Of an error's message, in a line of the log. */
const LONGEST_WHY = 500;

/** How many rows are marked at once. */
const AT_ONCE = 20;

/**
 * Tells people, a message a job and kind. What could not be published stays untold, for the next sweep;
 * what was, and could not be marked, is told once more.
 *
 * @param until when somebody else may begin to tell, in milliseconds since 1970
 * @returns how many pieces of news were told, and what people know then
 */
export async function tellAll(
  untold: readonly Untold[],
  told: Told,
  until: number,
  context: TellingContext,
): Promise<{ count: number; told: Told }> {
  const { origin, publish, clock, log } = context;
  let count = 0;
  let known = told;
  for (const alert of alertsOf(untold)) {
    if (clock() > until - ONE_TAKES) {
      log.warn('alerts left to the next sweep', { told: count, all: untold.length });
      break;
    }
    const { kind, job } = alert;
    try {
      await publish(messageOf(alert, origin));
    } catch (error) {
      log.error('alert not published', { alert: shown(alert), cause: String(error) });
      continue;
    }
    log.warn(`alert: ${job} ${kind}`, { alert: shown(alert) });
    count += alert.untold.length;
    for (const { learned } of alert.untold) known = learned?.(known) ?? known;
    try {
      await markAll(alert, context);
    } catch (error) {
      log.error('alert told, but not marked', { alert: shown(alert), cause: String(error) });
    }
  }
  return { count, told: known };
}

async function markAll({ untold }: Alert, { mark }: TellingContext): Promise<void> {
  const places = untold.flatMap(({ from }) => from ?? []);
  for (let i = 0; i < places.length; i += AT_ONCE)
    await Promise.all(places.slice(i, i + AT_ONCE).map(mark));
}

/** As the log has it, which alone tells it, too. The first tick stands by itself: a query shows one a line. */
function shown({ kind, job, level, untold }: Alert) {
  const news = untold.slice(0, MOST_SHOWN).map(({ news: { tick, attempt, why } }) => ({
    tick,
    attempt,
    why: why.slice(0, LONGEST_WHY),
  }));
  const [first] = news;
  return { kind, job, level, tick: first?.tick, why: first?.why, count: untold.length, news };
}
