/**
 * One nominal firing of a job, cut to the minute: `2026-03-01T09:00Z` (ISO 8601, UTC).
 * With the job's name it is the idempotency key of a run. As text, ticks sort by time.
 *
 * A run that a person asks for has a tick of its own, with seconds: `2026-03-01T09:00:30Z`. Cut to the
 * minute it would be a duplicate of the schedule's. As text it sorts just before its minute.
 */
export type Tick = string;

const WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * The tick of a moment. EventBridge's `<aws.scheduler.scheduled-time>` may carry seconds; two
 * deliveries of one firing must give one key, so everything below the minute is cut off.
 *
 * @throws RangeError where `time` is not an ISO 8601 time with a zone, or its day does not exist
 */
export function tickOf(time: string | number | Date): Tick {
  if (typeof time === 'string' && !(WITH_ZONE.test(time) && dayExists(time))) {
    throw new RangeError(`'${time}' is not an ISO 8601 time with a zone`);
  }
  return `${new Date(time).toISOString().slice(0, 16)}Z`;
}

/** The tick of a moment to the second; seconds that are zero are left out. */
export function exactTickOf(time: string | number | Date): Tick {
  const minute = tickOf(time);
  const second = new Date(time).toISOString().slice(17, 19);
  return second === '00' ? minute : `${minute.slice(0, 16)}:${second}Z`;
}

/** The tick of a run that a person asks for; never one that a schedule has. */
export function manualTick(now: number): Tick {
  const tick = exactTickOf(now);
  return tick === tickOf(now) ? exactTickOf(now + 1_000) : tick;
}

/** JavaScript takes 31 February for 3 March, which would be another tick. */
function dayExists(time: string): boolean {
  const day = time.slice(0, 10);
  const midnight = new Date(`${day}T00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

/** The moment a tick names, in milliseconds since 1970. */
export function timeOf(tick: Tick): number {
  return Date.parse(tick);
}
