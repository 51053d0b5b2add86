/** What a run leaves behind. */
export interface Left {
  /** One-time schedules that are still to fire. */
  schedules: number;
  /** Messages in queues that come back after their visibility timeout. */
  messages: number;
  /** Messages that a function failed for too often, in a dead-letter queue. */
  poison: number;
}

/** In words, and only what there is. */
export function remains({ schedules, messages, poison }: Left): string[] {
  return [
    ...(schedules > 0 ? [`${counted(schedules, 'one-time schedule')} still to fire`] : []),
    ...(messages > 0 ? [`${counted(messages, 'message')} still to be dealt with`] : []),
    ...(poison > 0 ? [`${counted(poison, 'poison message')} in a dead-letter queue`] : []),
  ];
}

/** `1 tick`, `2 ticks`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
