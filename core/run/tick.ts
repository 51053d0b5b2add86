/**
 * One nominal firing of a job, cut to the minute: `2026-03-01T09:00Z` (ISO 8601, UTC).
 * With the job's name it is the idempotency key of a run. As text, ticks sort by time.
 */
export type Tick = string;

const WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * The tick of a moment. EventBridge's `<aws.scheduler.scheduled-time>` may carry seconds; two
 * deliveries of one firing must give one key, so everything below the minute is cut off.
 *
 * @throws RangeError where `time` is not an ISO 8601 time with a zone.
 */
export function tickOf(time: string | number | Date): Tick {
  if (typeof time === 'string' && !WITH_ZONE.test(time)) {
    throw new RangeError(`'${time}' is not an ISO 8601 time with a zone`);
  }
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}

/** The moment a tick names, in milliseconds since 1970. */
export function timeOf(tick: Tick): number {
  return Date.parse(tick);
}
