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

/** Without it two attempts would hold the lock. An expired holder counts: it is sealed before it is replaced. */
export const NO_HOLDER = 'attribute_not_exists(#holders.#me)';

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

/**
 * Without it a success could be erased, or a dead attempt's late write could replace the row of
 * the attempt that took over.
 */
export const ROW_IS_OLDER =
  '(attribute_not_exists(#tick) OR (#status <> :succeeded AND #fence < :fence))';

/**
 * Without it a slow sweep of an older list would undo the memory of a newer one, whose jobs would
 * start again and lose the ticks in between.
 */
export const MEMORY_UNCHANGED = '#version = :seen';

/** Conditions that must all hold. */
export function all(...conditions: string[]): string {
  return conditions.join(' AND ');
}
