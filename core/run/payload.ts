import type { DeliveryEvent } from './delivery.ts';
import type { Trigger } from './states.ts';

/** A holder and a row carry it, and what reads a hundred rows reads it along. */
export const LARGEST_OWN_PAYLOAD = 16 * 1024;

/** What the payloads of all holders of a lock may take of its item, which may have 400 KB. */
const IN_ONE_LOCK = 256 * 1024;

/** How many bytes a payload of its own may have that a person sends, where so many may hold the lock at once. */
export function largestOwnPayload({ room }: { room: number }): number {
  return Math.min(LARGEST_OWN_PAYLOAD, Math.floor(IN_ONE_LOCK / room));
}

/** These are sent with the payload of the list, which whoever tries a run again finds there. */
const LISTED: readonly Trigger[] = ['schedule', 'retry', 'catch-up'];

/** What a delivery is called with. */
type Called = Pick<DeliveryEvent, 'trigger' | 'payload' | 'ownPayload'>;

/** Whether a delivery brings a payload that nobody could find again once it is over. */
export function isOwnPayload({ trigger, ownPayload, payload }: Called): boolean {
  return payload !== undefined && (ownPayload ?? !LISTED.includes(trigger));
}

/** What the holder and the row of a delivery keep of its payload, as JSON; nothing where the list has it. */
export function kept(delivery: Called): { payload?: string } {
  return isOwnPayload(delivery) ? { payload: JSON.stringify(delivery.payload) } : {};
}

/**
 * What a later attempt of a run is called with: what it kept, or the payload of the list.
 *
 * @param listed as it is in the list, or came with the delivery
 */
export function payloadOf(
  { payload: own }: { payload?: string },
  listed: unknown,
): Omit<Called, 'trigger'> {
  return own === undefined ? { payload: listed } : { payload: JSON.parse(own), ownPayload: true };
}
