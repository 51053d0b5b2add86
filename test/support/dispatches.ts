import type { DeliveryEvent } from '../../core/run/delivery.ts';
import { DispatchError, type Dispatcher } from '../../core/run/dispatcher.ts';
import { retryName } from '../../core/run/retry-name.ts';
import { exactTickOf } from '../../core/run/tick.ts';

/** A delivery that was asked for. */
export interface Dispatch {
  event: DeliveryEvent;
  /** Milliseconds since 1970, or at once. */
  time: number | 'now';
}

/** Keeps what it is asked to deliver, until a test does. */
export class Dispatches implements Dispatcher {
  /** Not delivered yet, in the order in which they were asked for. */
  readonly open: Dispatch[] = [];
  /** How many requests EventBridge and Lambda would have had. */
  requests = { scheduler: 0, lambda: 0 };
  /** While it is set, nothing can be dispatched. */
  isAway = false;
  /** One-time schedules delete themselves once they have fired, but no name is taken twice before. */
  readonly #names = new Set<string>();

  async at(event: DeliveryEvent, time: number): Promise<void> {
    this.requests.scheduler += 1;
    if (this.isAway) throw new DispatchError(`attempt ${event.attempt} was not scheduled`);
    const name = retryName(event.job, exactTickOf(event.scheduledTime), event.attempt);
    if (this.#names.has(name)) return;
    this.#names.add(name);
    this.open.push({ event, time });
  }

  async now(event: DeliveryEvent): Promise<void> {
    this.requests.lambda += 1;
    if (this.isAway) throw new DispatchError(`${event.job} was not delivered`);
    this.open.push({ event, time: 'now' });
  }

  /** Takes out the first that is for this job. */
  take(job: string): Dispatch | undefined {
    const index = this.open.findIndex(({ event }) => event.job === job);
    return index < 0 ? undefined : this.open.splice(index, 1)[0];
  }

  /** What is open, as text: `report 00:10 at 00:11`. */
  get agenda(): string[] {
    return this.open.map(({ event, time }) => {
      const when = time === 'now' ? 'now' : `at ${new Date(time).toISOString().slice(11, 16)}`;
      return `${event.job} ${event.scheduledTime.slice(11, 16)} ${when}`;
    });
  }
}
