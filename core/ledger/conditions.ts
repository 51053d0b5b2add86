/**
 * Every condition of the protocol, by name. What each protects, and what breaks without it, stands
 * beside it; `docs/protocol.md` shows where each is used.
 */

/** Without it an update of an absent item would create one without its maps. */
export const LOCK_EXISTS = 'attribute_exists(#lock)';

/** Without it two first runs would each make the item, and the second would erase the first's holder. */
export const LOCK_IS_NEW = 'attribute_not_exists(#lock)';

/** Without it a paused job would run. */
export const NOT_PAUSED = 'attribute_not_exists(#paused.#job)';

/** Without it a pause made since would be passed. Not the whole map: dynalite finds no two maps equal. */
export const PAUSE_UNCHANGED = '#paused.#job.#since = :since';

/** Without it the breaker would end a pause that a person made meanwhile. */
export const PAUSED_BY_BREAKER = '#paused.#job.#by = :breaker';

/** Without it of two people who pause a job the second would take the first one's reason away. */
export const NOT_PAUSED_BY_HAND =
  '(attribute_not_exists(#paused.#job) OR #paused.#job.#by = :breaker OR #paused.#job.#until <= :now)';

/** Without it a job would be paused for failures that a success has ended since. */
export const FAILED_SO_OFTEN = '#failures.#job >= :failures';

/** Without it two attempts would hold the lock. An expired holder counts: it is sealed before it is replaced. */
export const NO_HOLDER = 'attribute_not_exists(#holders.#me)';

/** Without it more would hold a shared lock than it has room for. Expired holders count here, too. */
export const HAS_ROOM = 'size(#holders) < :room';

/** Without it whoever waits would miss the release that made room just before. */
export const IS_FULL = 'size(#holders) >= :room';

/** Without it whoever comes at the right moment would overtake those who wait. */
export const NOBODY_WAITS = 'size(#waiting) = :nobody';

/** Without it a claim that looked at the queue a moment ago would overtake who came since. */
export const QUEUE_UNCHANGED = 'size(#waiting) = :places';

/**
 * Without it a delayed copy of a claim, arriving after its run has ended, would run the tick again.
 * An older tick is claimed by compare-and-swap, after its row was read.
 */
export const NEWER_THAN_WATERMARK =
  '(attribute_not_exists(#watermarks.#job) OR #watermarks.#job < :tick)';

/** Without it two takers of one dead holder would both win. Every acquisition raises the fence. */
export const FENCE_UNCHANGED = '#fence = :seen';

/** Without it a stale attempt would free its successor's lock. */
export const HELD_BY_ME = '#holders.#me.#token = :token';

/** Without it a run would be counted twice: by whoever displaces it, and by its own late release. */
export function heldBy(key: string, token: string): string {
  return `#holders.${key}.#token = ${token}`;
}

/** Without it a place in the queue that somebody else has used up, or taken over, would be used again. */
export function waits(key: string, tick: string): string {
  return `#waiting.${key}.#tick = ${tick}`;
}

/** With `FENCE_UNCHANGED`, as `IS_FULL`, of whoever waits for another reason than a full lock. */
export const HOLDERS_UNCHANGED = 'size(#holders) = :holders';

/**
 * Without it a run would be counted twice that failed without ever having held the lock. It remembers
 * only the last: brought again after another tick has ended, a failure counts once more.
 */
export const NOT_COUNTED =
  '(attribute_not_exists(#last.#job) OR #last.#job.#tick <> :tick OR #last.#job.#attempt <> :attempt)';

/** Without it whoever took the place meanwhile would vanish without a word. */
export const PLACE_IS_FREE = 'attribute_not_exists(#waiting.#place)';

/**
 * Without it a success could be erased, or a dead attempt's late write could replace the row of
 * the attempt that took over. The attempt comes first: a job that moves to another lock may get a
 * lower fence there.
 */
export const ROW_IS_OLDER =
  '(attribute_not_exists(#tick) OR (#status <> :succeeded AND ' +
  '(#attempt < :attempt OR (#attempt = :attempt AND #fence < :fence))))';

/**
 * Without it a slow sweep of an older list would undo the memory of a newer one, whose jobs would
 * start again and lose the ticks in between.
 */
export const MEMORY_UNCHANGED = '#version = :seen';
