import { newsOf } from '../run/alert.ts';
import type { Run } from '../run/states.ts';

/** What the sparse index has a row under whose news nobody was told yet: the sweeper tells it. */
export const UNTOLD = 'untold';

/** What it has a run under that is not over. */
export const WAITING = 'waiting';

/** What it has the notes of people's actions under. */
export const NOTES = 'notes';

/**
 * The key of a row in the sparse index; `undefined` for a success, which has no place there and pays
 * for none. What a person has to hear of stands under `UNTOLD` until they were told, then under what
 * `attentionOf` says of a row without news.
 */
export function attentionOf(run: Pick<Run, 'status' | 'retryAt'>): string | undefined {
  if (run.status === 'succeeded') return undefined;
  return run.retryAt === undefined ? run.status : WAITING;
}

/** The key of a row that was just written. */
export function firstAttentionOf(run: Run): string | undefined {
  return newsOf(run) ? UNTOLD : attentionOf(run);
}

/**
 * Without it the row of a later attempt, which has news of its own, would be marked as told. The fence,
 * too: a row that is closed for good keeps its token.
 */
export const UNTOLD_AS_SEEN = '#attention = :untold AND #token = :token AND #fence = :fence';

/** Without it an item would be made of a note that is gone. */
export const STILL_UNTOLD = '#attention = :untold';

/** Without it the row of an attempt that came after the look at it would be deleted, or news that nobody heard. */
export const ROW_AS_SEEN =
  '#token = :token AND #fence = :fence AND (attribute_not_exists(#attention) OR #attention <> :untold)';
