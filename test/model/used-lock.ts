import { JOB } from './scenario.ts';

/** A lock that earlier runs left behind: idle, its last tick the one before all of these. */
export const USED_LOCK = {
  lock: { S: JOB },
  fence: { N: '100' },
  holders: { M: {} },
  fences: { M: {} },
  watermarks: { M: { [JOB]: { S: '2026-02-28T23:50Z' } } },
  last: { M: {} },
  paused: { M: {} },
  failures: { M: {} },
  waiting: { M: {} },
};
