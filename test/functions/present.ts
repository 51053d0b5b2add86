import { vi } from 'vitest';
import { JOB } from './lambda.ts';

const MINUTE = 60_000;

/** The present time of one file's tests: it stands still until it is moved on. */
export class Present {
  #now = Date.parse('2026-03-01T09:00:01.500Z');

  /** The tick that came due 1.5 seconds ago. */
  get tick(): string {
    return `${new Date(this.#now).toISOString().slice(0, 16)}Z`;
  }

  /** A minute on. The tests of a file share a lock, so that each needs a later tick than the last. */
  advance(): void {
    this.#now += MINUTE;
    vi.setSystemTime(this.#now);
  }

  /** The event that EventBridge sends at this time, or a variation of it. */
  due(more: Record<string, unknown> = {}): Record<string, unknown> {
    return { job: JOB, scheduledTime: this.tick, trigger: 'schedule', attempt: 1, ...more };
  }
}
