import type { DeliveryEvent } from './delivery.ts';

/** Who makes deliveries happen, besides the schedules. */
export interface Dispatcher {
  /**
   * Delivers at a time. Asked again for the same attempt of the same tick, it is one delivery.
   *
   * @param time milliseconds since 1970; to the second
   * @throws DispatchError
   */
  at(event: DeliveryEvent, time: number): Promise<void>;
  /** @throws DispatchError */
  now(event: DeliveryEvent): Promise<void>;
}

/** A delivery could not be arranged. Thrown by a handler, it makes the finalizer try again. */
export class DispatchError extends Error {
  override readonly name = 'DispatchError';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    // Lambda prints the stack of whatever a handler throws, and frames of ours explain nothing.
    this.stack = `${this.name}: ${message}`;
  }
}
